import type { Claim, PostRecord, Uncertainty } from '../../store/contract/claims.ts';
import type { ChannelPosts, IntentOptions } from '../../store/contract/ledger.ts';
import type { SeenStore } from '../../store/contract/seen-store.ts';

/** The outcome of one attempt to deliver an item. */
export type Outcome =
  /** Every channel has the message. An item without channels is merely marked as seen. */
  | { readonly kind: 'posted'; readonly channels: number }
  /** The attempt failed through a fault of the item's, and counts. */
  | { readonly kind: 'retry'; readonly error: string; readonly retryAt: Date }
  /** The attempt failed through no fault of the item's, and does not count. The item is due at once. */
  | { readonly kind: 'trouble'; readonly reason: string }
  /** Nothing was tried, and no attempt is counted. The item is due at `retryAt`; without it, at once. */
  | { readonly kind: 'wait'; readonly reason?: string; readonly retryAt?: Date }
  /** The item becomes a dead letter. */
  | { readonly kind: 'failed'; readonly error: string };

/** The progress of one item's delivery. Each step is kept before the next one begins. */
export interface ItemProgress {
  /** The id under which the store has the item, and which its nonces are made of. */
  readonly id: string;
  /** The item's id as its feed gives it, for people to read. */
  readonly key: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** The enrichment that an earlier attempt saved; undefined if none did. */
  readonly enrichment: unknown;
  /** The time of which the item's history may have a gap; null where it has none. */
  readonly uncertainty: Uncertainty | null;
  /** The record of what earlier attempts did in a channel. */
  postIn(channelId: string): PostRecord | undefined;
  /** Starts the attempt: from here on it counts, should the process die. */
  start(): Promise<void>;
  /** @throws {SeenInputError} for an enrichment that JSON cannot hold. */
  saveEnrichment(enrichment: unknown): Promise<void>;
  /** Records, before a request leaves, that it may be applied. */
  saveIntent(channelId: string, intent: IntentOptions): Promise<void>;
  /** Records that the request was certainly not applied. */
  dropIntent(channelId: string): Promise<void>;
  savePost(channelId: string, messageId: string | null): Promise<void>;
  /**
   * Records that a message which was found in the channel is the item's.
   *
   * @returns False when it is another item's.
   */
  saveFoundPost(channelId: string, messageId: string): Promise<boolean>;
  /** Records that the item is given up in this channel. */
  savePostFailure(channelId: string, error: string): Promise<void>;
  /** The records of the channel's messages, and of other items' open posts. */
  channelPosts(channelId: string, messageIds: readonly string[]): Promise<ChannelPosts>;
  /** Ends the attempt. */
  settle(outcome: Outcome): Promise<void>;
}

/** The progress of a claimed item, kept in the store's ledger. */
export class LedgerProgress implements ItemProgress {
  readonly key: string;
  readonly #store: SeenStore;
  readonly #claim: Claim;
  /** Channels whose intent of an earlier attempt is gone. */
  readonly #dropped = new Set<string>();

  constructor(store: SeenStore, claim: Claim, key: string) {
    this.#store = store;
    this.#claim = claim;
    this.key = key;
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

  get uncertainty(): Uncertainty | null {
    return this.#claim.uncertainty;
  }

  postIn(channelId: string): PostRecord | undefined {
    if (this.#dropped.has(channelId)) return undefined;
    return this.#claim.posts.find((post) => post.channelId === channelId);
  }

  start(): Promise<void> {
    return this.#store.ledger.begin(this.#claim);
  }

  saveEnrichment(enrichment: unknown): Promise<void> {
    return this.#store.ledger.saveEnrichment(this.#claim, enrichment);
  }

  saveIntent(channelId: string, intent: IntentOptions): Promise<void> {
    return this.#store.ledger.saveIntent(this.#claim, channelId, intent);
  }

  async dropIntent(channelId: string): Promise<void> {
    this.#dropped.add(channelId);
    await this.#store.ledger.dropIntent(this.#claim, channelId);
  }

  savePost(channelId: string, messageId: string | null): Promise<void> {
    return this.#store.ledger.savePost(this.#claim, channelId, messageId);
  }

  saveFoundPost(channelId: string, messageId: string): Promise<boolean> {
    return this.#store.ledger.saveFoundPost(this.#claim, channelId, messageId);
  }

  channelPosts(channelId: string, messageIds: readonly string[]): Promise<ChannelPosts> {
    return this.#store.ledger.channelPosts(this.#claim, channelId, messageIds);
  }

  savePostFailure(channelId: string, error: string): Promise<void> {
    return this.#store.ledger.savePostFailure(this.#claim, channelId, error);
  }

  settle(outcome: Outcome): Promise<void> {
    if (outcome.kind === 'posted') return this.#store.commit([this.#claim]);
    if (outcome.kind === 'failed') return this.#store.fail([this.#claim], outcome.error);
    const { kind: _kind, ...options } = outcome;
    return this.#store.release([this.#claim], options);
  }
}
