import type { PostRecord } from '../../store/contract/claims.ts';
import type { Clock } from '../../store/clock.ts';
import type { ProcessMemory, Progress } from './process-memory.ts';
import type { ItemRecord, Outcome } from './item-progress.ts';

export interface TolerantRecordOptions {
  readonly memory: ProcessMemory;
  readonly clock: Clock;
  /** Hears of what the store could not keep. Throws what is no store's fault. */
  readonly report: (error: unknown) => void;
}

/**
 * A record for `onStoreError: 'deliver'`: what the store cannot keep is kept by this process, and the delivery goes on.
 *
 * A claim that passed to another owner is no store fault, and stops the delivery as ever.
 */
export class TolerantRecord implements ItemRecord {
  readonly #inner: ItemRecord;
  readonly #options: TolerantRecordOptions;
  readonly #progress: Progress;

  constructor(inner: ItemRecord, options: TolerantRecordOptions) {
    this.#inner = inner;
    this.#options = options;
    this.#progress = options.memory.progressOf(inner.id);
  }

  get id(): string {
    return this.#inner.id;
  }

  get attempt(): number {
    return this.#inner.attempt;
  }

  get enrichment(): unknown {
    return this.#inner.enrichment ?? this.#progress.enrichment;
  }

  /** What this process knows and the store missed goes first, but nothing takes a post back. */
  postIn(channelId: string): PostRecord | undefined {
    const stored = this.#inner.postIn(channelId);
    return stored?.state === 'posted' ? stored : (this.#progress.posts.get(channelId) ?? stored);
  }

  async begin(): Promise<void> {
    await this.#tolerate(this.#inner.begin());
  }

  async saveEnrichment(enrichment: unknown): Promise<void> {
    await this.#tolerate(this.#inner.saveEnrichment(enrichment));
    this.#progress.enrichment = enrichment;
  }

  async saveIntent(channelId: string): Promise<void> {
    await this.#tolerate(this.#inner.saveIntent(channelId));
    this.#note({ channelId, state: 'open' });
  }

  async dropIntent(channelId: string): Promise<void> {
    this.#progress.posts.delete(channelId);
    await this.#tolerate(this.#inner.dropIntent(channelId));
  }

  async savePost(channelId: string, messageId: string | null): Promise<void> {
    this.#note({ channelId, state: 'posted', messageId });
    await this.#tolerate(this.#inner.savePost(channelId, messageId));
  }

  async savePostFailure(channelId: string, error: string): Promise<void> {
    this.#note({ channelId, state: 'failed', error });
    await this.#tolerate(this.#inner.savePostFailure(channelId, error));
  }

  async end(outcome: Outcome): Promise<void> {
    const { memory } = this.#options;
    if (this.#progress.isMissed && outcome.kind !== 'posted') await this.#tolerate(this.#catchUp());
    const isKept = await this.#tolerate(this.#inner.end(outcome));
    if (!isKept && outcome.kind === 'posted') memory.rememberUnmarked(this.id);
    if (!this.#progress.isMissed || outcome.kind === 'posted') memory.dropProgress(this.id);
  }

  /** Tells the store what it missed, for a restart to know. Not an open intent, which would get the wrong time. */
  async #catchUp(): Promise<void> {
    const { enrichment, posts } = this.#progress;
    if (enrichment !== undefined) await this.#inner.saveEnrichment(enrichment);
    for (const { channelId, state, messageId, error } of posts.values()) {
      if (state === 'posted') await this.#inner.savePost(channelId, messageId);
      if (state === 'failed') await this.#inner.savePostFailure(channelId, error ?? '');
    }
    this.#progress.isMissed = [...posts.values()].some(({ state }) => state === 'open');
  }

  #note(post: Parameters<Progress['note']>[0]): void {
    this.#progress.note(post, this.#options.clock.now());
  }

  async #tolerate(step: Promise<void>): Promise<boolean> {
    try {
      await step;
      return true;
    } catch (error) {
      this.#options.report(error);
      this.#progress.isMissed = true;
      return false;
    }
  }
}
