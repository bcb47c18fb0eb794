import { Listener } from '@sapphire/framework';
import type { ClientEvents } from 'discord.js';

import { systemClock, type Clock } from '../store/clock.ts';
import type { Cycle } from '../store/contract/cycles.ts';
import { SeenConfigError } from '../store/errors.ts';
import type { SeenStore } from '../store/contract/seen-store.ts';
import { Delivery } from './pipeline.ts';
import type { Feed, FeedBatch, MessageBody } from './feed.ts';
import type { DeliveryOptions } from './options.ts';

/** The name of the listener is the feed's name in the ledger and in `/seen stats`. */
export interface FeedListenerOptions extends Listener.Options, DeliveryOptions {
  /** Default: the machine's clock. */
  readonly clock?: Clock;
}

/**
 * A listener that posts every item of a feed once. Extend it, say how to know, enrich and show an item, and emit the
 * raw batches on the client: seen items and repeats are dropped before `enrich`.
 *
 * Batches are worked off one after the other. Each ends with a `seenCycle` event on the client, or with `seenHalted`
 * when Discord no longer accepts the token.
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

  /** The identity of an item: the same for every appearance, never shared by two items. */
  abstract key(item: Item): string;

  /** The expensive part, an LLM call for example. The result is a JSON value. */
  abstract enrich(item: Item, signal: AbortSignal): Promise<Enrichment>;

  /** The channels that the item goes to. None: the item is marked as seen without a post. */
  abstract channels(item: Item): readonly string[];

  /** The message, as Discord's API takes it. */
  abstract message(item: Item, enrichment: Enrichment, channelId: string): MessageBody;

  /** Other ids under which an earlier bot may have marked the item. Default: none. */
  aliases(_item: Item): readonly string[] {
    return [];
  }

  /** An item back from its JSON form. Override it for items that hold more than JSON does, dates for example. */
  revive(payload: unknown): Item {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this feed saved it
    return payload as Item;
  }

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

  async #deliver(batch: FeedBatch<Item>): Promise<void> {
    const { client } = this.container;
    client.emit('seenCycle', await this.#runCycle(batch));
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
    return new Delivery({
      feed: this,
      store,
      rest: client.rest,
      clock: this.#clock,
      logger,
      options: this.#options,
    });
  }
}
