import type { PostRecord } from '../store/claims.ts';
import { SeenClaimLostError } from '../store/errors.ts';
import type { ProcessMemory } from './memory.ts';
import type { ItemRecord, Outcome } from './record.ts';

/**
 * A record for `onStoreError: 'deliver'`: what the store cannot keep is kept by this process, and the delivery goes on.
 *
 * A claim that passed to another owner is no store fault, and stops the delivery as ever.
 */
export class TolerantRecord implements ItemRecord {
  readonly #inner: ItemRecord;
  readonly #memory: ProcessMemory;
  readonly #report: (error: unknown) => void;

  constructor(inner: ItemRecord, memory: ProcessMemory, report: (error: unknown) => void) {
    this.#inner = inner;
    this.#memory = memory;
    this.#report = report;
  }

  get id(): string {
    return this.#inner.id;
  }

  get attempt(): number {
    return this.#inner.attempt;
  }

  get enrichment(): unknown {
    return this.#inner.enrichment;
  }

  postIn(channelId: string): PostRecord | undefined {
    return this.#inner.postIn(channelId);
  }

  async saveEnrichment(enrichment: unknown): Promise<void> {
    await this.#tolerate(this.#inner.saveEnrichment(enrichment));
  }

  async saveIntent(channelId: string): Promise<void> {
    await this.#tolerate(this.#inner.saveIntent(channelId));
  }

  async dropIntent(channelId: string): Promise<void> {
    await this.#tolerate(this.#inner.dropIntent(channelId));
  }

  async savePost(channelId: string, messageId: string | null): Promise<void> {
    await this.#tolerate(this.#inner.savePost(channelId, messageId));
  }

  async savePostFailure(channelId: string, error: string): Promise<void> {
    await this.#tolerate(this.#inner.savePostFailure(channelId, error));
  }

  async end(outcome: Outcome): Promise<void> {
    const kept = await this.#tolerate(this.#inner.end(outcome));
    if (!kept && outcome.kind === 'posted') this.#memory.rememberUnmarked(this.id);
  }

  async #tolerate(step: Promise<void>): Promise<boolean> {
    try {
      await step;
      return true;
    } catch (error) {
      if (error instanceof SeenClaimLostError) throw error;
      this.#report(error);
      return false;
    }
  }
}
