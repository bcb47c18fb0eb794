import type { RESTPostAPIChannelMessageJSONBody } from 'discord.js';

/** The body of a message, as Discord's API takes it. The nonce is added by the feed. */
export type MessageBody = Omit<RESTPostAPIChannelMessageJSONBody, 'nonce' | 'enforce_nonce'>;

/** What one look at the source brought. */
export interface FeedBatch<Item> {
  /** Oldest first: this is the order of the posts. Repeats and seen items are welcome. */
  readonly items: readonly Item[];
  /**
   * Whether these are all items that the source lists. A first run waits for a complete batch: what an incomplete one
   * left out would be posted as new by the next.
   */
  readonly complete: boolean;
}

/** What the delivery must know of a feed. */
export interface Feed<Item, Enrichment> {
  /** The feed's name in the ledger and in `/seen stats`. */
  readonly name: string;
  /** The identity of an item: the same for every appearance, never shared by two items. */
  key(item: Item): string;
  /** Other ids under which the item may have been marked, by an earlier bot for example. */
  aliases(item: Item): readonly string[];
  /** The channels that the item goes to. None: the item is marked as seen without a post. */
  channels(item: Item): readonly string[];
  /** The expensive part. The result is a JSON value, kept so that a retry does not pay again. */
  enrich(item: Item, signal: AbortSignal): Promise<Enrichment>;
  /** The message. The same item and enrichment give the same message. */
  message(item: Item, enrichment: Enrichment, channelId: string): MessageBody;
  /** An item back from its JSON form, for a retry after the source has dropped it. */
  revive(payload: unknown): Item;
}
