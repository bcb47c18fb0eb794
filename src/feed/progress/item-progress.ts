import type { Claim, PostRecord } from '../../store/contract/claims.ts';
import type { SeenStore } from '../../store/contract/seen-store.ts';

/** The outcome of one attempt to deliver an item. */
export type Outcome =
  /** Every channel has the message. An item without channels is merely marked as seen. */
  | { readonly kind: 'posted'; readonly channels: number }
  /** Another attempt is made, at `retryAt` or later. An attempt that ended without an error does not count. */
  | { readonly kind: 'retry'; readonly error?: string; readonly retryAt?: Date }
  /** The item becomes a dead letter. */
  | { readonly kind: 'failed'; readonly error: string };

/** The progress of one item's delivery. Each step is kept before the next one begins. */
export interface ItemProgress {
  readonly id: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** The enrichment that an earlier attempt saved; undefined if none did. */
  readonly enrichment: unknown;
  /** The record of what earlier attempts did in a channel. */
  postIn(channelId: string): PostRecord | undefined;
  /** Starts the attempt: from here on it counts, should the process die. */
  start(): Promise<void>;
  /** @throws {SeenInputError} for an enrichment that JSON cannot hold. */
  saveEnrichment(enrichment: unknown): Promise<void>;
  /** Records, before a request leaves, that it may be applied. */
  saveIntent(channelId: string): Promise<void>;
  /** Records that the request was certainly not applied. */
  dropIntent(channelId: string): Promise<void>;
  savePost(channelId: string, messageId: string | null): Promise<void>;
  savePostFailure(channelId: string, error: string): Promise<void>;
  /** Ends the attempt. */
  settle(outcome: Outcome): Promise<void>;
}

/** The progress of a claimed item, kept in the store's ledger. */
export class LedgerProgress implements ItemProgress {
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

  start(): Promise<void> {
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

  settle(outcome: Outcome): Promise<void> {
    if (outcome.kind === 'posted') return this.#store.commit([this.#claim]);
    if (outcome.kind === 'failed') return this.#store.fail([this.#claim], outcome.error);
    return this.#store.release([this.#claim], outcome);
  }
}
