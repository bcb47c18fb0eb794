import { REST } from 'discord.js';

import { ids, type LocalDiscord } from '../../local/discord/index.ts';
import { EdgarClient, filingAliases, filingKey, type Filing } from '../../src/edgar/index.ts';
import type { Feed } from '../../src/feed/feed.ts';
import { Delivery } from '../../src/feed/pipeline.ts';
import { openSeenStore, type SeenLogger, type SeenStore } from '../../src/store/index.ts';
import type { Design } from '../designs.ts';
import { readerOf, type FeedReader } from './designs.ts';
import { REQUEST_MS } from './faulty-edgar.ts';
import type { Plan } from './plan.ts';
import type { SimulatedClock } from './simulated-clock.ts';

export interface BotSurroundings {
  readonly path: string;
  readonly baseUrl: string;
  readonly discord: LocalDiscord;
  readonly clock: SimulatedClock;
  readonly design: Design;
  readonly signal: AbortSignal;
}

/** The filings bot without its process: it crawls EDGAR, and delivers what is new from a store of its own. */
export class Bot implements AsyncDisposable {
  /** Events of the log, by their names, with the number of times that they came. */
  readonly events = new Map<string, number>();
  readonly #plan: Plan;
  readonly #client: EdgarClient;
  readonly #reader: FeedReader;
  readonly #delivery: Delivery<Filing, undefined>;
  readonly #store: SeenStore;
  readonly #signal: AbortSignal;

  private constructor(plan: Plan, store: SeenStore, { baseUrl, discord, clock, design, signal }: BotSurroundings) {
    const logger = this.#logger();
    const client = new EdgarClient({
      userAgent: 'Chaos chaos@example.com',
      baseUrl,
      requestsPerSecond: 100_000,
      timeoutMs: REQUEST_MS,
      clock,
    });
    const rest = new REST({ api: discord.api, version: '10', offset: 0, globalRequestsPerSecond: 10_000 });
    this.#plan = plan;
    this.#client = client;
    this.#store = store;
    this.#signal = signal;
    this.#reader = readerOf(design, { client, clock, logger, forms: plan.forms });
    this.#delivery = new Delivery({ feed: filingsFeed, store, rest: rest.setToken(discord.token), clock, logger });
  }

  static async start(plan: Plan, surroundings: BotSurroundings): Promise<Bot> {
    const { path, clock } = surroundings;
    return new Bot(plan, await openSeenStore({ path, clock }), surroundings);
  }

  /** True once the first run has marked what the feed listed. */
  get hasStarted(): boolean {
    return this.events.has('feed_first_run');
  }

  /** True while EDGAR refuses the bot, which then asks for nothing. */
  get isBlocked(): boolean {
    return this.#client.blockedUntil !== null;
  }

  crawl(): ReturnType<FeedReader['crawl']> {
    return this.#reader.crawl(this.#signal);
  }

  async deliver({ filings, complete, fault }: Awaited<ReturnType<FeedReader['crawl']>>): Promise<void> {
    const { forms } = this.#plan;
    const categories = forms.length === 0 ? undefined : forms;
    await this.#delivery.run({ items: filings, complete, categories, error: fault }, this.#signal);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#store.close();
  }

  #logger(): SeenLogger {
    const count = (event: string): void => void this.events.set(event, (this.events.get(event) ?? 0) + 1);
    return { debug: count, info: count, warn: count, error: count };
  }
}

/** The filings in one channel: each message is the accession number and the number of parties. */
const filingsFeed: Feed<Filing, undefined> = {
  name: 'filings',
  key: filingKey,
  aliases: filingAliases,
  categories: ({ forms }) => forms,
  publishedAt: ({ acceptedAt }) => acceptedAt,
  isWhole: ({ partial }) => !partial,
  channels: () => [ids.announcements],
  message: ({ accession, parties }) => ({ content: `${accession} ${parties.length}` }),
  revive: (payload) => payload as Filing,
};

/** Lists the posts, oldest first. */
export function postsOf(discord: LocalDiscord): { accession: string; parties: number }[] {
  // The channel also has the flood breaker's questions.
  return discord.messages(ids.announcements).flatMap(({ content }) => {
    const [, accession, parties] = /^(\d{10}-\d{2}-\d{6}) (\d+)$/.exec(content) ?? [];
    return accession === undefined ? [] : [{ accession, parties: Number(parties) }];
  });
}
