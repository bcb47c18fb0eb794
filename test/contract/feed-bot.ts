import { noCounts, type Clock, type Cycle, type SeenStore, type SeenStoreOptions } from '../../src/store/index.ts';
import { ids } from '../support/ids.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { settableClock } from '../support/settable-clock.ts';
import { DAY_MS, HOUR_MS } from '../support/times.ts';
import type { ContractBackend } from './backend.ts';
import { openUntilFinished } from './stores.ts';

/** The ids that the feed `blog` lists. */
export const listed = ids('listed', 20);

/** A bot on one database, which is started and stopped like a process. */
export class FeedBot {
  readonly clock = settableClock();
  readonly logger = new RecordingLogger();
  store!: SeenStore;
  readonly #backend: ContractBackend;
  readonly #options: SeenStoreOptions;
  #rest = Promise.withResolvers<void>();

  private constructor(backend: ContractBackend, options: SeenStoreOptions) {
    this.#backend = backend;
    this.#options = { ...options, clock: this.#watchedClock(), logger: this.logger };
  }

  static async start(backend: ContractBackend, options: SeenStoreOptions = {}): Promise<FeedBot> {
    const bot = new FeedBot(backend, { ...(await backend.newDatabase()), ...options });
    await bot.#open();
    return bot;
  }

  /** Stops, and starts after so long, with a purge that is asked for besides that of the start. */
  async offFor(ms: number): Promise<void> {
    await this.restartAfter(ms);
    await this.store.purgeExpired();
  }

  async restartAfter(ms: number): Promise<void> {
    await this.store.close();
    this.clock.advance(ms);
    await this.#open();
  }

  /** Ends once the purge of the start has ended, and the store sleeps until the next: for hours, as nothing else does. */
  async #open(): Promise<void> {
    this.#rest = Promise.withResolvers();
    this.store = await openUntilFinished(this.#backend, this.#options);
    await this.#rest.promise;
  }

  #watchedClock(): Clock {
    const sleep: Clock['sleep'] = (ms, ...rest) => {
      if (ms >= HOUR_MS) this.#rest.resolve();
      return this.clock.sleep(ms, ...rest);
    };
    return { now: this.clock.now, sleep };
  }

  async look(feed: string, items: readonly string[], changes: Partial<Cycle> = {}): Promise<void> {
    const at = new Date(this.clock.now());
    await this.store.touch(items);
    const counts = { ...noCounts, total: items.length, skipped: items.length };
    await this.store.cycles.record({ feed, startedAt: at, finishedAt: at, ...counts, ...changes });
  }

  /** Looks at the feed twice a day; over weeks, once. */
  async lookFor(days: number, feed = 'blog', items: readonly string[] = listed): Promise<void> {
    const pauseMs = days < 14 ? DAY_MS / 2 : DAY_MS;
    for (let spent = 0; spent < days * DAY_MS; spent += pauseMs) {
      this.clock.advance(pauseMs);
      await this.look(feed, items);
    }
  }
}
