import type { Claim, PostRecord } from '../../store/contract/claims.ts';
import type { SeenStore } from '../../store/contract/seen-store.ts';

/** The outcome of an item's way through enrichment and post. */
export type Outcome =
  /** Done in so many channels; in none, the item is merely marked. */
  | { readonly kind: 'posted'; readonly channels: number }
  /** Tried again after `retryAt`; without an error the attempt does not count. */
  | { readonly kind: 'later'; readonly error?: string; readonly retryAt?: Date }
  /** Given up: a dead letter. */
  | { readonly kind: 'failed'; readonly error: string };

/** What is remembered of one item on its way. */
export interface ItemRecord {
  readonly id: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** What an earlier attempt saved. */
  readonly enrichment: unknown;
  /** What earlier attempts did in a channel. */
  postIn(channelId: string): PostRecord | undefined;
  /** The work begins: should the process die, the attempt counts. */
  begin(): Promise<void>;
  saveEnrichment(enrichment: unknown): Promise<void>;
  saveIntent(channelId: string): Promise<void>;
  dropIntent(channelId: string): Promise<void>;
  savePost(channelId: string, messageId: string | null): Promise<void>;
  savePostFailure(channelId: string, error: string): Promise<void>;
  end(outcome: Outcome): Promise<void>;
}

/** The record of a claimed item, in the store's ledger. */
export class LedgerRecord implements ItemRecord {
  readonly #store: SeenStore;
  readonly #claim: Claim;

  constructor(store: SeenStore, claim: Claim) {
    this.#store = store;
    this.#claim = claim;
  }

  get id(): string {
    return this.#claim.id;
  }

  get attempt(): number {
    return this.#claim.attempt;
  }

  get enrichment(): unknown {
    return this.#claim.enrichment;
  }

  postIn(channelId: string): PostRecord | undefined {
    return this.#claim.posts.find((post) => post.channelId === channelId);
  }

  begin(): Promise<void> {
    return this.#store.ledger.begin(this.#claim);
  }

  saveEnrichment(enrichment: unknown): Promise<void> {
    return this.#store.ledger.saveEnrichment(this.#claim, enrichment);
  }

  saveIntent(channelId: string): Promise<void> {
    return this.#store.ledger.saveIntent(this.#claim, channelId);
  }

  dropIntent(channelId: string): Promise<void> {
    return this.#store.ledger.dropIntent(this.#claim, channelId);
  }

  savePost(channelId: string, messageId: string | null): Promise<void> {
    return this.#store.ledger.savePost(this.#claim, channelId, messageId);
  }

  savePostFailure(channelId: string, error: string): Promise<void> {
    return this.#store.ledger.savePostFailure(this.#claim, channelId, error);
  }

  end(outcome: Outcome): Promise<void> {
    if (outcome.kind === 'posted') return this.#store.commit([this.#claim]);
    if (outcome.kind === 'failed') return this.#store.fail([this.#claim], outcome.error);
    return this.#store.release([this.#claim], outcome);
  }
}
