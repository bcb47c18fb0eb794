import type { APIEmbed, JSONEncodable, MessageMentionOptions, RESTPostAPIChannelMessageJSONBody } from 'discord.js';

import type { EnrichmentCost } from '../store/contract/spending.ts';
import type { SeenLogger } from '../store/logger.ts';

type ApiBody = Omit<RESTPostAPIChannelMessageJSONBody, 'nonce' | 'enforce_nonce'>;

/** Something as the API takes it, or a builder of discord.js that makes it. */
type Buildable<Value> = Value | JSONEncodable<Value>;

/**
 * The body of a message, as Discord's API takes it, in snake case. Builders of discord.js may stand for embeds,
 * components and a poll. The nonce is added when it is sent. Without `allowed_mentions` it pings nobody whom the feed's
 * option, or the client's, does not name.
 */
export interface MessageBody extends Omit<ApiBody, 'embeds' | 'components' | 'poll'> {
  readonly embeds?: readonly Buildable<APIEmbed>[] | undefined;
  readonly components?: readonly Buildable<NonNullable<ApiBody['components']>[number]>[] | undefined;
  readonly poll?: Buildable<NonNullable<ApiBody['poll']>> | undefined;
  /** `allowed_mentions` as discord.js writes it. Use one of the two. */
  readonly allowedMentions?: MessageMentionOptions | undefined;
}

/** The result of one poll of the source. */
export interface FeedBatch<Item> {
  /**
   * The items, oldest first. Repeats and items that were seen are welcome. The posts keep this order in each channel,
   * except that an item which fails, or which takes more than `orderWaitMs` longer than its successors, is passed by.
   */
  readonly items: readonly Item[];
  /**
   * True when these are all items that the source lists. A first run waits for a complete batch, for three batches at
   * most: what an incomplete one left out would be posted as new by the next.
   */
  readonly complete: boolean;
  /**
   * The categories that the source was asked for, the forms of filings for example. Default: everything. A category
   * that the last batch did not ask for has a first run of its own, while the others go on: see
   * {@link Feed.categories}.
   */
  readonly categories?: readonly string[] | undefined;
  /**
   * The error that kept the source from being read, or from being read well: `items` are what could be read, usually
   * none, and `complete` is false. Undefined when there was none. Admins are told once that lasts, and what waits for a
   * retry goes out all the same.
   */
  readonly error?: unknown;
  /**
   * The time at which the source was read; for a batch that joins several polls, a list with a time for each item. Items
   * wait for their enrichment for `enrichWithinMs` from then on. Default: the time at which the feed is given the batch.
   */
  readonly listedAt?: Date | readonly Date[] | undefined;
}

/** The identity of a feed's items. */
export interface Identity<Item> {
  /**
   * The item's id: the store remembers the item by it, and `/seen why` asks for it. Every appearance of an item has the
   * same id, and no two items of the feed share one; another feed may number its items alike. It has at least 1 and at
   * most 512 characters, and is not the text of a value that is missing: `undefined`, `null`, `NaN`, `[object Object]`.
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

/** The thread that an item begins in a forum or a media channel. */
export interface ForumThread {
  /** The title. Discord shows at most 100 characters: what is longer is cut. */
  readonly name: string;
  /** Ids of the forum's tags, at most 5. Default: none. */
  readonly tagIds?: readonly string[] | undefined;
  /** Minutes without a message after which Discord hides the thread: 60, 1440, 4320 or 10 080. Default: the forum's. */
  readonly autoArchiveMinutes?: 60 | 1440 | 4320 | 10_080 | undefined;
}

/**
 * Counts what one enrichment costs.
 *
 * @example
 * ```ts
 * const { choices, usage } = await client.chat.completions.create(request, { signal });
 * meter.add({ requests: 1, tokens: usage?.total_tokens });
 * ```
 */
export interface EnrichmentMeter {
  /**
   * Adds a cost. May be called for each request, those that fail included. An enrichment that is told no number of
   * requests counts as one; one that cost nothing, because its answer was known for example, adds `{ requests: 0 }`.
   *
   * Never throws. What cannot be a cost is logged, and the call counts as if it had not been made: each number must be a
   * whole one, from 0 to a billion.
   */
  add(cost: EnrichmentCost): void;
}

/** A source of items, how they are enriched, and where and how they are posted. */
export interface Feed<Item, Enrichment> extends Identity<Item> {
  /**
   * The feed's name in the ledger, in `/seen stats` and in the log. It keeps the feed's ids apart from those of other
   * feeds: under another name, it is another feed.
   */
  readonly name: string;
  aliases(item: Item): readonly string[];
  /**
   * The categories that the item belongs to, by the names that {@link FeedBatch.categories} uses. The item is news once
   * one of them has had its first run. Default: none, and the feed has one first run for all.
   */
  categories?(item: Item): readonly string[];
  /**
   * The time at which the source published the item; null where it says none. After a first run over incomplete batches
   * it tells what these left out from news. Default: no item has one.
   */
  publishedAt?(item: Item): Date | null;
  /**
   * False for an item of which the source may have given a part only. A new one waits for the next batch, once: then it
   * is posted as it is listed or, if it is not, as it was. Up to three batches that list nothing and are not complete,
   * or that have an error, are no such batch unless the item is whole in one. Default: every item is whole.
   */
  isWhole?(item: Item): boolean;
  /** The channels that the item is posted in. An item without channels is marked as seen without a post. */
  channels(item: Item): readonly string[];
  /**
   * The expensive part, an LLM call for example. The result is a JSON value, which is stored: a later attempt to post
   * the item does not pay for it again. A result of `undefined` is not stored. Default: items are posted without any.
   *
   * An item never waits for it longer than `enrichWithinMs`, and one whose enrichment fails is posted without at once.
   * After three failures in a row nothing is enriched for a while. An error that knows whom it concerns is a
   * {@link FeedEnrichmentError}.
   *
   * @param signal Aborts when the time is up, three seconds after the bot began to stop, or when another process has taken
   *   the item over.
   * @param meter Counts what it costs: one request, if nothing else is added.
   */
  enrich?(item: Item, signal: AbortSignal, meter: EnrichmentMeter): Promise<Enrichment>;
  /**
   * The message for one channel. The same item and enrichment must always give the same message.
   *
   * @param enrichment Undefined when there was none in time: the message does without it.
   */
  message(item: Item, enrichment: Enrichment | undefined, channelId: string): MessageBody;
  /**
   * The role that the post of this item pings in the channel: its id; null for none. Default, and for undefined: the
   * option `pingRoleId`.
   */
  pingRole?(item: Item, channelId: string): string | null | undefined;
  /**
   * The thread that the item begins where the channel is a forum or a media channel; its first message is that of
   * `message`. The same item and enrichment must always give the same thread. An empty name becomes the title of the
   * first embed, or the first line of the message. Default, and for undefined: none, and the item is not posted in such
   * a channel.
   */
  thread?(item: Item, enrichment: Enrichment | undefined, channelId: string): ForumThread | undefined;
  /** Turns the JSON form of an item back into the item, for a retry after the source has dropped it. */
  revive(payload: unknown): Item;
  /**
   * Logs the start of a cycle in the feed's own words, and has the end of every cycle logged at level `info`. Default:
   * the event `feed_cycle_started` at level `debug`, and the end at level `info` only where something happened: an item
   * was posted, enriched, marked or held, or failed.
   */
  logStart?(start: CycleStart, logger: SeenLogger): void;
}
