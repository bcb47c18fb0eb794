import { Listener } from '@sapphire/framework';
import type { ClientEvents } from 'discord.js';

import { systemClock, type Clock } from '../store/clock.ts';
import type { Cycle } from '../store/contract/cycles.ts';
import type { SeenStore } from '../store/contract/seen-store.ts';
import { SeenConfigError } from '../store/errors.ts';
import type { SeenLogger } from '../store/logger.ts';
import { DiscordTime } from './discord/rest/discord-time.ts';
import { OwnMessages } from './discord/rest/own-messages.ts';
import type { CycleStart, EnrichmentMeter, Feed, FeedBatch, ForumThread, MessageBody } from './feed.ts';
import { withListingTime } from './listing-times.ts';
import type { DeliveryOptions } from './options.ts';
import { Delivery } from './pipeline.ts';

/** Options of a {@link FeedListener}. The name of the listener is the feed's name. */
export interface FeedListenerOptions extends Listener.Options, DeliveryOptions {
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
}

/**
 * A listener that posts every item of a feed once. A subclass tells items apart, enriches them and makes their
 * messages; seen items and repeats are dropped before `enrich`. The listener is given whole batches, by an event on the
 * client with the listener's name, or directly by `run`.
 *
 * Batches are delivered one after the other. Each ends with the event `seenCycle` on the client, or with `seenHalted`
 * when it cannot be delivered: Discord refuses the token, for example.
 *
 * @example
 * ```ts
 * // listeners/news.ts
 * export class NewsListener extends FeedListener<News, string> {
 *   key = (item: News) => item.guid;
 *   channels = () => ['123456789012345678'];
 *   override enrich = (item: News, signal: AbortSignal) => summarise(item, signal);
 *   // Without a summary where none came in time.
 *   message = (item: News, summary?: string) => ({ embeds: [{ title: item.title, description: summary ?? 'New.' }] });
 * }
 *
 * // Each time the source was polled:
 * client.emit('news', { items: await fetchNews(), complete: true });
 * ```
 */
export abstract class FeedListener<Item, Enrichment = unknown>
  extends Listener<keyof ClientEvents>
  implements Feed<Item, Enrichment>
{
  readonly #options: DeliveryOptions;
  readonly #clock: Clock;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #delivery: Delivery<Item, Enrichment> | undefined;
  #store: SeenStore | undefined;

  constructor(context: Listener.LoaderContext, options: FeedListenerOptions) {
    super(context, options);
    this.#clock = options.clock ?? systemClock;
    this.#options = options;
  }

  /** {@inheritDoc Feed.key} */
  abstract key(item: Item): string;

  /** {@inheritDoc Feed.channels} */
  abstract channels(item: Item): readonly string[];

  /** {@inheritDoc Feed.message} */
  abstract message(item: Item, enrichment: Enrichment | undefined, channelId: string): MessageBody;

  /** {@inheritDoc Feed.aliases} */
  aliases(_item: Item): readonly string[] {
    return [];
  }

  /** Turns an item's JSON form back into the item. Override it for items that hold more than JSON does: dates, say. */
  revive(payload: unknown): Item {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this feed saved it
    return payload as Item;
  }

  /** {@inheritDoc Feed.categories} */
  categories?(item: Item): readonly string[];

  /** {@inheritDoc Feed.publishedAt} */
  publishedAt?(item: Item): Date | null;

  /** {@inheritDoc Feed.isWhole} */
  isWhole?(item: Item): boolean;

  /** {@inheritDoc Feed.enrich} */
  enrich?(item: Item, signal: AbortSignal, meter: EnrichmentMeter): Promise<Enrichment>;

  /** {@inheritDoc Feed.pingRole} */
  pingRole?(item: Item, channelId: string): string | null | undefined;

  /** {@inheritDoc Feed.thread} */
  thread?(item: Item, enrichment: Enrichment | undefined, channelId: string): ForumThread | undefined;

  /** {@inheritDoc Feed.logStart} */
  logStart?(start: CycleStart, logger: SeenLogger): void;

  /**
   * Delivers a batch, after those that were given before it.
   *
   * @throws {FeedUnauthorizedError} when Discord refuses the bot token. Nothing was lost.
   * @throws {SeenConfigError} when the plugin is switched off, or the client has not logged in.
   * @throws {SeenInputError} for what is no batch, a bare array of items for example.
   */
  override run(batch: FeedBatch<Item>): Promise<void> {
    const given = withListingTime(batch, new Date(this.#clock.now()));
    const cycle = this.#running.then(() => this.#deliver(given));
    this.#running = cycle.catch(() => undefined);
    return cycle;
  }

  /**
   * Listens from the login on: to the answers, which tell Discord's time, and to the gateway, which tells of own posts.
   */
  override onLoad(): unknown {
    const { client } = this.container;
    DiscordTime.of(client.rest, this.#clock);
    OwnMessages.of(client.rest).listenTo(client);
    return super.onLoad();
  }

  /** Begins no further item, and resolves once those under way have ended cleanly. */
  override async onUnload(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await super.onUnload();
  }

  /** A subscriber of `seenCycle` that throws does not make the cycle a halted one. */
  async #deliver(batch: FeedBatch<Item>): Promise<void> {
    const cycle = await this.#runCycle(batch);
    this.container.client.emit('seenCycle', cycle);
  }

  async #runCycle(batch: FeedBatch<Item>): Promise<Cycle> {
    try {
      return await this.#currentDelivery().run(batch, this.#stopping.signal);
    } catch (error) {
      this.container.client.emit('seenHalted', this.name, error);
      throw error;
    }
  }

  /** A client that logs in again opens another store. */
  #currentDelivery(): Delivery<Item, Enrichment> {
    this.#requireLogin();
    if (this.#delivery === undefined || this.#store !== this.container.seen) this.#delivery = this.#createDelivery();
    this.#store = this.container.seen;
    return this.#delivery;
  }

  /** Without a token, requests would fail as if Discord had refused it. */
  #requireLogin(): void {
    const { client, seen: store } = this.container;
    if (client.options.seen?.enabled === false)
      throw new SeenConfigError('The seen plugin is switched off: set seen.enabled to true.');
    if (store !== undefined && client.token !== null) return;
    throw new SeenConfigError(
      `A batch was given to the feed "${this.name}" while the client is not logged in: call client.login() first. ` +
        'Nothing of the batch was taken in; its items are delivered when they are listed after the login.',
    );
  }

  #createDelivery(): Delivery<Item, Enrichment> {
    const { client, seen: store, logger } = this.container;
    const { rest } = client;
    return new Delivery({ feed: this, store, client, rest, clock: this.#clock, logger, options: this.#options });
  }
}
