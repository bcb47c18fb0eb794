import type { PostRecord } from '../../store/contract/claims.ts';
import type { Clock } from '../../store/clock.ts';
import { toJson } from '../../store/core/json.ts';
import type { ProcessMemory, Progress } from './process-memory.ts';
import type { ItemRecord, Outcome } from './item-progress.ts';

/** The record of an item that could not be claimed because the store is down: this process's memory is all there is. */
export class UnclaimedRecord implements ItemRecord {
  readonly id: string;
  readonly attempt: number;
  readonly #memory: ProcessMemory;
  readonly #clock: Clock;
  readonly #progress: Progress;

  constructor(id: string, memory: ProcessMemory, clock: Clock) {
    this.id = id;
    this.#memory = memory;
    this.#clock = clock;
    this.#progress = memory.progressOf(id);
    this.#progress.isMissed = true;
    this.attempt = this.#progress.attempts + 1;
  }

  get enrichment(): unknown {
    return this.#progress.enrichment;
  }

  postIn(channelId: string): PostRecord | undefined {
    return this.#progress.posts.get(channelId);
  }

  /** A process that dies remembers nothing. */
  async begin(): Promise<void> {}

  async saveEnrichment(enrichment: unknown): Promise<void> {
    toJson('the enrichment', enrichment);
    this.#progress.enrichment = enrichment;
  }

  async saveIntent(channelId: string): Promise<void> {
    this.#progress.note({ channelId, state: 'open' }, this.#clock.now());
  }

  async dropIntent(channelId: string): Promise<void> {
    this.#progress.posts.delete(channelId);
  }

  async savePost(channelId: string, messageId: string | null): Promise<void> {
    this.#progress.note({ channelId, state: 'posted', messageId }, this.#clock.now());
  }

  async savePostFailure(channelId: string, error: string): Promise<void> {
    this.#progress.note({ channelId, state: 'failed', error }, this.#clock.now());
  }

  /** An item that failed is left to the store, once it is back: a dead letter must be seen. */
  async end(outcome: Outcome): Promise<void> {
    if (outcome.kind === 'posted') {
      this.#memory.rememberUnmarked(this.id);
      this.#memory.dropProgress(this.id);
    } else if (outcome.kind === 'failed') this.#progress.retryAt = Infinity;
    else {
      this.#progress.retryAt = outcome.retryAt?.getTime() ?? 0;
      if (outcome.error !== undefined) this.#progress.attempts = this.attempt;
    }
  }
}
