import { Listener } from '@sapphire/framework';
import type { ClientEvents } from 'discord.js';

import { systemClock, type Clock } from '../store/clock.ts';
import type { Cycle } from '../store/contract/cycles.ts';
import type { SeenStore } from '../store/contract/seen-store.ts';
import { SeenConfigError } from '../store/errors.ts';
import type { SeenLogger } from '../store/logger.ts';
import type { CycleStart, Feed, FeedBatch, MessageBody } from './feed.ts';
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
 *   enrich = (item: News, signal: AbortSignal) => summarise(item, signal);
 *   message = (item: News, summary: string) => ({ embeds: [{ title: item.title, description: summary }] });
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

  /** {@inheritDoc Feed.enrich} */
  abstract enrich(item: Item, signal: AbortSignal): Promise<Enrichment>;

  /** {@inheritDoc Feed.channels} */
  abstract channels(item: Item): readonly string[];

  /** {@inheritDoc Feed.message} */
  abstract message(item: Item, enrichment: Enrichment, channelId: string): MessageBody;

  /** {@inheritDoc Feed.aliases} */
  aliases(_item: Item): readonly string[] {
    return [];
  }

  /** Turns an item's JSON form back into the item. Override it for items that hold more than JSON does: dates, say. */
  revive(payload: unknown): Item {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this feed saved it
    return payload as Item;
  }

  /** {@inheritDoc Feed.logStart} */
  logStart?(start: CycleStart, logger: SeenLogger): void;

  /**
   * Delivers a batch, after those that were given before it.
   *
   * @throws {FeedUnauthorizedError} when Discord refuses the bot token. Nothing was lost.
   * @throws {SeenConfigError} when the plugin is switched off.
   */
  override run(batch: FeedBatch<Item>): Promise<void> {
    const cycle = this.#running.then(() => this.#deliver(batch));
    this.#running = cycle.catch(() => undefined);
    return cycle;
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
    if (this.#delivery === undefined || this.#store !== this.container.seen) this.#delivery = this.#createDelivery();
    this.#store = this.container.seen;
    return this.#delivery;
  }

  #createDelivery(): Delivery<Item, Enrichment> {
    const { client, seen: store, logger } = this.container;
    if (store === undefined) throw new SeenConfigError('The seen plugin is switched off: set seen.enabled to true.');
    const { rest } = client;
    return new Delivery({ feed: this, store, rest, clock: this.#clock, logger, options: this.#options });
  }
}
