import { onTestFinished } from 'vitest';

import type { MessageBody } from '../../src/feed/feed.ts';
import type { DeliveryOptions } from '../../src/feed/options.ts';
import { Delivery } from '../../src/feed/pipeline.ts';
import { telemetry, type Cycle, type ItemEvent, type SeenStoreOptions } from '../../src/store/index.ts';
import { DeliveryHarness } from './delivery-harness.ts';
import { NoteFeed, type Note, type Summary } from './notes.ts';

/** A feed whose posts name it. */
export class NamedFeed extends NoteFeed {
  override message({ id }: Note, enrichment?: Summary): MessageBody {
    return { content: `${this.name} ${id}: ${enrichment?.summary ?? 'plain'}` };
  }
}

export interface TwoFeedsOptions {
  /** Default: a first run posts, and one item is delivered after the other. */
  readonly delivery?: DeliveryOptions;
  readonly store?: SeenStoreOptions;
  readonly news?: NamedFeed;
  readonly blog?: NamedFeed;
}

/** A bot whose feeds `news` and `blog` share a store. */
export class TwoFeeds {
  readonly harness: DeliveryHarness;
  readonly news: NamedFeed;
  readonly blog: NamedFeed;
  readonly #delivery: DeliveryOptions;
  #blogDelivery: Delivery<Note, Summary>;

  private constructor(harness: DeliveryHarness, { news, blog, delivery }: Required<Omit<TwoFeedsOptions, 'store'>>) {
    this.harness = harness;
    this.news = news;
    this.blog = blog;
    this.#delivery = delivery;
    this.#blogDelivery = this.#deliveryOfBlog();
  }

  static async start(options: TwoFeedsOptions = {}): Promise<TwoFeeds> {
    const { news = new NamedFeed('news'), blog = new NamedFeed('blog'), store = {} } = options;
    const delivery = { firstRun: 'post', maxConcurrent: 1, ...options.delivery } as const;
    return new TwoFeeds(await DeliveryHarness.start({ feed: news, delivery, store }), { news, blog, delivery });
  }

  deliver(feed: 'news' | 'blog', items: readonly Note[], complete = true): Promise<Cycle> {
    if (feed === 'news') return this.harness.deliver(items, { complete });
    return this.#blogDelivery.run({ items, complete }, new AbortController().signal);
  }

  /** Calls `onStep` with every step of the feed's items, until the test ends. */
  watchSteps(feed: 'news' | 'blog', onStep: (event: ItemEvent) => void): void {
    const over = new AbortController();
    onTestFinished(() => over.abort());
    telemetry.item.subscribe((event) => {
      if (event.feed === feed) onStep(event);
    }, over.signal);
  }

  async restart(): Promise<void> {
    await this.harness.restart(this.#delivery);
    this.#blogDelivery = this.#deliveryOfBlog();
  }

  async restartAfterLease(): Promise<void> {
    await this.harness.restartAfterLease();
    this.#blogDelivery = this.#deliveryOfBlog();
  }

  /** The posts, oldest first, each as its feed and its item: `blog 1`. */
  get posts(): string[] {
    return this.harness.texts().map((text) => text.split(':')[0] ?? '');
  }

  #deliveryOfBlog(): Delivery<Note, Summary> {
    const { store, rest, clock, logger } = this.harness;
    return new Delivery({ feed: this.blog, store, rest, clock, logger, options: this.#delivery });
  }
}
