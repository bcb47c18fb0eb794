import { REST, type RESTOptions } from 'discord.js';
import { onTestFinished } from 'vitest';

import type { DeliveryOptions } from '../../src/feed/options.ts';
import { Delivery } from '../../src/feed/pipeline.ts';
import {
  openSeenStore,
  telemetry,
  type Cycle,
  type ItemEvent,
  type SeenStore,
  type SeenStoreOptions,
} from '../../src/store/index.ts';
import {
  createsMessage,
  ids,
  type IncomingRequest,
  type LocalDiscord,
  type LocalDiscordOptions,
  startLocalDiscord,
} from '../../local/discord/index.ts';
import { ManualClock } from './manual-clock.ts';
import { RecordingLogger } from './recording-logger.ts';
import { emptyDatabase } from './empty-database.ts';
import { NoteFeed, type Note, type Summary } from './notes.ts';

export interface HarnessOptions {
  /** Default: a first run posts. */
  readonly delivery?: DeliveryOptions;
  readonly store?: SeenStoreOptions;
  /** Opens the store. Default: on a SQLite file. */
  readonly openStore?: (options: SeenStoreOptions) => Promise<SeenStore>;
  readonly feed?: NoteFeed;
  readonly discord?: Omit<LocalDiscordOptions, 'clock'>;
}

export interface RunOptions {
  readonly complete?: boolean;
  readonly categories?: readonly string[];
  readonly error?: Error;
  readonly listedAt?: Date;
  readonly signal?: AbortSignal;
}

const LEASE_MS = 60_000;

/** A feed that is delivered from a real store to the local Discord, on a clock that the test moves. */
export class DeliveryHarness {
  readonly clock: ManualClock = new ManualClock();
  readonly logger = new RecordingLogger();
  readonly feed: NoteFeed;
  readonly path: string;
  readonly discord: LocalDiscord;
  rest!: REST;
  store!: SeenStore;
  delivery!: Delivery<Note, Summary>;
  readonly #options: HarnessOptions;
  readonly #crashed: Promise<void>[] = [];

  private constructor(discord: LocalDiscord, options: HarnessOptions) {
    this.discord = discord;
    this.feed = options.feed ?? new NoteFeed();
    this.path = options.store?.path ?? emptyDatabase();
    this.#options = options;
  }

  static async start(options: HarnessOptions = {}): Promise<DeliveryHarness> {
    const holder: { harness?: DeliveryHarness } = {};
    // Discord has the right time, whatever is done to the machine's clock.
    const now = () => holder.harness?.clock.monotonic() ?? 0;
    const discord = await startLocalDiscord({ ...options.discord, clock: { now, sleep: () => Promise.resolve() } });
    onTestFinished(() => discord.close());
    const harness = new DeliveryHarness(discord, options);
    holder.harness = harness;
    onTestFinished(async () => {
      await Promise.all([...harness.#crashed, harness.store.close()]);
    });
    await harness.restart();
    return harness;
  }

  /** As a new process on the same file: nothing but the file is left of the earlier one. */
  async restart(delivery: DeliveryOptions = {}, rest: Partial<RESTOptions> = {}): Promise<void> {
    const { clock, logger, path, feed, discord } = this;
    const options = { firstRun: 'post', ...this.#options.delivery, ...delivery } as const;
    await this.store?.close();
    const { openStore = openSeenStore } = this.#options;
    this.store = await openStore({ path, clock, logger, ...this.#options.store });
    const { api, token } = discord;
    this.rest = new REST({ api, version: '10', offset: 0, globalRequestsPerSecond: 10_000, ...rest }).setToken(token);
    this.delivery = new Delivery({ feed, store: this.store, rest: this.rest, clock, logger, options });
  }

  deliver(items: readonly Note[], { complete = true, signal, ...batch }: RunOptions = {}): Promise<Cycle> {
    return this.delivery.run({ items, complete, ...batch }, signal ?? new AbortController().signal);
  }

  /** Ends the process in the middle of a delivery, as far as the file can tell: nothing is written from now on. */
  crash(): void {
    this.#crashed.push(this.store.close());
  }

  /** Ends the process, as `crash` does, when the next item comes to the step. */
  crashAt(step: ItemEvent['step']): void {
    let isDue = true;
    this.watchSteps((event) => {
      if (!isDue || event.step !== step) return;
      isDue = false;
      this.crash();
    });
  }

  /** Calls `onStep` with every step of the feed's items, until the test ends. */
  watchSteps(onStep: (event: ItemEvent) => void): void {
    const over = new AbortController();
    onTestFinished(() => over.abort());
    telemetry.item.subscribe((event) => {
      if (event.feed === this.feed.name) onStep(event);
    }, over.signal);
  }

  /** A new process, once the lease of the earlier one has run out. */
  async restartAfterLease(): Promise<void> {
    await this.clock.advance(LEASE_MS + 1);
    await this.restart();
  }

  /** The messages in the channel, oldest first. */
  texts(channelId: string = ids.announcements): string[] {
    return this.discord.messages(channelId).map(({ content }) => content);
  }

  /** Requests that try to make a message in the channel. */
  creations(channelId: string = ids.announcements): readonly IncomingRequest[] {
    return this.discord.requests.filter(createsMessage(channelId));
  }

  /** Requests whose answers count towards the ban of the machine. */
  get invalid(): number {
    return this.discord.requests.filter(({ status = 0 }) => [401, 403, 429].includes(status)).length;
  }
}
