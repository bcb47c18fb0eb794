import type { RESTPostAPIChannelMessageJSONBody } from 'discord.js';

import type { SeenLogger } from '../store/logger.ts';

/** The body of a message, as Discord's API takes it. The nonce is added when it is sent. */
export type MessageBody = Omit<RESTPostAPIChannelMessageJSONBody, 'nonce' | 'enforce_nonce'>;

/** The result of one poll of the source. */
export interface FeedBatch<Item> {
  /** Oldest first: this is the order of the posts. Repeats and items that were seen are welcome. */
  readonly items: readonly Item[];
  /**
   * True when these are all items that the source lists. A first run waits for a complete batch: what an incomplete one
   * left out would be posted as new by the next.
   */
  readonly complete: boolean;
}

/** The identity of a feed's items. */
export interface Identity<Item> {
  /**
   * The item's id: the store remembers the item by it, and `/seen why` asks for it. Every appearance of an item has the
   * same id, and no two items share one. It has at least 1 and at most 512 characters.
   */
  key(item: Item): string;
  /** Other ids under which the item may have been marked, by an earlier bot for example. Default: none. */
  aliases?(item: Item): readonly string[];
}

/** The numbers that are known when a cycle begins to deliver. */
export interface CycleStart {
  /** Distinct items that the feed listed. */
  readonly total: number;
  /** Items dropped before enrichment, because they had been seen. */
  readonly skipped: number;
  /** Items to be enriched. Items whose enrichment was stored by an earlier attempt do not count. */
  readonly toEnrich: number;
  /** Items that are enriched and posted at the same time, at most. */
  readonly maxConcurrent: number;
}

/** A source of items, how they are enriched, and where and how they are posted. */
export interface Feed<Item, Enrichment> extends Identity<Item> {
  /** The feed's name in the ledger, in `/seen stats` and in the log. */
  readonly name: string;
  aliases(item: Item): readonly string[];
  /** The channels that the item is posted in. An item without channels is marked as seen without a post. */
  channels(item: Item): readonly string[];
  /**
   * The expensive part, an LLM call for example. The result is a JSON value, which is stored: a later attempt to post
   * the item does not pay for it again.
   *
   * @param signal Aborts when the bot stops, or when another process has taken the item over.
   */
  enrich(item: Item, signal: AbortSignal): Promise<Enrichment>;
  /** The message for one channel. The same item and enrichment must always give the same message. */
  message(item: Item, enrichment: Enrichment, channelId: string): MessageBody;
  /** Turns the JSON form of an item back into the item, for a retry after the source has dropped it. */
  revive(payload: unknown): Item;
  /** Logs the start of a cycle in the feed's own words. Default: the event `feed_cycle_started`, at level `info`. */
  logStart?(start: CycleStart, logger: SeenLogger): void;
}
