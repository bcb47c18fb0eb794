import { Listener, type Piece, type SapphireClient } from '@sapphire/framework';
import type { ClientEvents } from 'discord.js';

import { ClientState } from '../container/client-state.ts';
import { requireSeenStore } from '../container/require-seen-store.ts';
import { pluginLogger } from '../log/plugin-logger.ts';
import { systemClock, type Clock } from '../store/clock.ts';
import type { Cycle } from '../store/contract/cycles.ts';
import type { SeenStore } from '../store/contract/seen-store.ts';
import { reasonOf, SeenConfigError } from '../store/errors.ts';
import type { SeenLogger } from '../store/logger.ts';
import { DiscordTime } from './discord/rest/discord-time.ts';
import { OwnMessages } from './discord/rest/own-messages.ts';
import type { CycleStart, EnrichmentMeter, Feed, FeedBatch, ForumThread, MessageBody } from './feed.ts';
import { addFeed, detach, removeFeed } from './feeds-of-client.ts';
import { presentTenure } from './lead/tenure.ts';
import { withListingTime } from './listing-times.ts';
import type { DeliveryOptions } from './options.ts';
import { Delivery } from './pipeline.ts';
import { requireFeed } from './require-feed.ts';

/** The end of a tenure of which nothing is left. */
const LONG_OVER = AbortSignal.abort();

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
  /** The container of a process with two clients goes over to the other one. */
  readonly #client: SapphireClient;
  /** The listener of this name that was loaded when this one was made. */
  readonly #earlier: Piece | undefined;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #delivery: Delivery<Item, Enrichment> | undefined;
  #store: SeenStore | undefined;

  constructor(context: Listener.LoaderContext, options: FeedListenerOptions = {}) {
    super(context, options);
    this.#client = this.container.client;
    this.#earlier = this.store.get(this.name);
    addFeed(this.#client, this, { options, tellOfFailingStore: (fault) => this.#tellOfFailingStore(fault) });
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
   * Delivers a batch, after those that were given before it. Nothing is done with it where the plugin is switched off, or
   * once the bot stops. A batch that was given by the work of a leader (see `poll`) is delivered while this process leads:
   * then what was not begun is given back. A whole list (`complete`) that is given later is dropped, and anything else is
   * kept in the store for the next leader.
   *
   * @throws {FeedUnauthorizedError} when Discord refuses the bot token. Nothing was lost.
   * @throws {SeenConfigError} when the plugin is not registered, or the client has not logged in.
   * @throws {SeenInputError} for what is no batch, a bare array of items for example.
   */
  override run(batch: FeedBatch<Item>): Promise<void> {
    if (this.#isSwitchedOff || this.#isStopping) return Promise.resolve();
    const tenure = presentTenure(this.name);
    const given = withListingTime(batch, new Date(this.#clock.now()));
    const cycle = this.#running.then(() => this.#deliver(given, tenure === null ? LONG_OVER : tenure?.over));
    this.#running = cycle.catch(() => undefined);
    tenure?.follow(this.#running);
    return cycle;
  }

  /**
   * Listens from the login on: to the answers, which tell Discord's time, and to the gateway, which tells of own posts.
   *
   * @throws {SeenConfigError} for a class without the methods of a feed, with an option that cannot work, or with a name
   *   or an event that is taken.
   */
  override onLoad(): unknown {
    this.#require();
    if (this.#isSwitchedOff) this.#sayThatItIsSwitchedOff();
    DiscordTime.of(this.#client.rest, this.#clock);
    OwnMessages.of(this.#client.rest).listenTo(this.#client);
    return super.onLoad();
  }

  /** Begins no further item, and resolves once those under way have ended cleanly. */
  override async onUnload(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    removeFeed(this.#client, this);
    await super.onUnload();
  }

  /** A feed that is refused hears nothing more: Sapphire has let it listen already, and would leave it so. */
  #require(): void {
    try {
      const hasOwnRun = this.run !== FeedListener.prototype.run;
      requireFeed(this, { options: this.#options, earlier: this.#earlier, hasOwnRun });
    } catch (error) {
      this.#stopping.abort();
      detach(this);
      removeFeed(this.#client, this);
      throw error;
    }
  }

  get #isSwitchedOff(): boolean {
    return this.#client.options.seen?.enabled === false;
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted || ClientState.of(this.#client).stopping.aborted;
  }

  #sayThatItIsSwitchedOff(): void {
    const hint = 'seen.enabled is false, so its batches are dropped. Set it to true where the feed is to post.';
    pluginLogger(this.#client).info('feed_switched_off', { feed: this.name, hint });
  }

  /**
   * Delivers a batch; `over` aborts when the tenure ends that it belongs to. Once that is over, nothing is begun. What a
   * source pushes is still taken in, for whoever leads: nobody lists it again.
   *
   * A subscriber of `seenCycle` that throws does not make the cycle a halted one.
   */
  async #deliver(batch: FeedBatch<Item>, over: AbortSignal | undefined): Promise<void> {
    if (this.#isStopping) return;
    if (over?.aborted === true && batch.complete)
      return pluginLogger(this.#client).debug('feed_batch_left', { feed: this.name });
    const cycle = await this.#runCycle(batch, over === undefined ? [] : [over]);
    this.#client.emit('seenCycle', cycle);
  }

  /** A stop of the bot is heeded at once, and not when it comes to unloading the listener. */
  async #runCycle(batch: FeedBatch<Item>, ends: readonly AbortSignal[]): Promise<Cycle> {
    try {
      return await this.#currentDelivery().run(batch, this.#stoppedBy(...ends));
    } catch (error) {
      this.#client.emit('seenHalted', this.name, error);
      throw error;
    }
  }

  async #tellOfFailingStore(fault: unknown): Promise<void> {
    if (this.#isSwitchedOff || this.#isStopping) return;
    try {
      await this.#currentDelivery().tellOfFailingStore(fault, this.#stoppedBy());
    } catch (error) {
      this.#client.emit('seenHalted', this.name, error);
    }
  }

  #stoppedBy(...ends: readonly AbortSignal[]): AbortSignal {
    return AbortSignal.any([this.#stopping.signal, ClientState.of(this.#client).stopping, ...ends]);
  }

  /** A client that logs in again opens another store. */
  #currentDelivery(): Delivery<Item, Enrichment> {
    const store = this.#requireStore();
    if (this.#delivery === undefined || this.#store !== store) this.#delivery = this.#createDelivery(store);
    this.#store = store;
    return this.#delivery;
  }

  /** Without a token, requests would fail as if Discord had refused it. */
  #requireStore(): SeenStore {
    try {
      const store = requireSeenStore(this.#client);
      if (this.#client.token !== null) return store;
      throw new SeenConfigError('The client is not logged in: call client.login() first.');
    } catch (error) {
      const consequence = 'Nothing of it was taken in; its items are delivered when they are listed after that.';
      throw new SeenConfigError(`A batch of the feed "${this.name}" was refused. ${reasonOf(error)} ${consequence}`);
    }
  }

  #createDelivery(store: SeenStore): Delivery<Item, Enrichment> {
    const client = this.#client;
    const logger = pluginLogger(client);
    const { rest } = client;
    return new Delivery({ feed: this, store, client, rest, clock: this.#clock, logger, options: this.#options });
  }
}
