import type { PostRecord } from '../store/claims.ts';
import type { ProcessMemory } from './memory.ts';
import type { ItemRecord, Outcome } from './record.ts';

/** The record of an item that could not be claimed because the store is down: this process's memory is all there is. */
export class UnclaimedRecord implements ItemRecord {
  readonly id: string;
  readonly attempt = 1;
  readonly enrichment = undefined;
  readonly #memory: ProcessMemory;

  constructor(id: string, memory: ProcessMemory) {
    this.id = id;
    this.#memory = memory;
  }

  postIn(): PostRecord | undefined {
    return undefined;
  }

  async saveEnrichment(): Promise<void> {}

  async saveIntent(): Promise<void> {}

  async dropIntent(): Promise<void> {}

  async savePost(): Promise<void> {}

  async savePostFailure(): Promise<void> {}

  async end(outcome: Outcome): Promise<void> {
    if (outcome.kind === 'posted') this.#memory.rememberUnmarked(this.id);
  }
}
