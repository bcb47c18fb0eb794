import { container } from '@sapphire/framework';
import type { Client } from 'discord.js';

import { pluginLogger } from '../../log/plugin-logger.ts';
import { sleepUnlessAborted, systemClock, type Clock } from '../../store/clock.ts';
import type { SeenStore } from '../../store/contract/seen-store.ts';
import { SeenConfigError, SeenStoreClosedError } from '../../store/errors.ts';
import { unfailing, type SeenLogger } from '../../store/logger.ts';
import { shown } from '../../store/option-checks.ts';
import { feedOfClient, type FeedOfClient } from '../feeds-of-client.ts';
import { defaultDeliveryOptions, type OnStoreError } from '../options.ts';
import { Candidate, type CandidateContext } from './candidate.ts';
import { electorateOf } from './electorate.ts';
import { keepTenure } from './keep-tenure.ts';
import { resign } from './resign.ts';
import { isOf, presentTenure, runWithin, tenuresOf, type Tenure } from './tenure.ts';
import { STANDBY_MS } from './times.ts';
import { whenBotStops } from './when-bot-stops.ts';

/** Options of {@link lead}. */
export interface LeadOptions {
  /** The feed that is led. Batches that its listener is given by the work belong to the leader's term. */
  readonly feed: string;
  /**
   * The name under which the leader is elected: of all processes that share the store and use the same name, one leads.
   * Processes that do different parts of the work use different names, and so does each of them where all are to work,
   * `news of shard 3` for example. Default: the feed's name.
   */
  readonly election?: string | undefined;
  /** Ends the leadership. The work gets it too, and is waited for. Default: `stopBot` ends it. */
  readonly signal?: AbortSignal | undefined;
  /** The store whose database elects the leader. Default: that of the bot's client, from its login on. */
  readonly store?: SeenStore | undefined;
  /**
   * The treatment of a leader whose term cannot be renewed because the store fails. With `deliver` it goes on until the
   * store says that somebody else leads; with `hold` it ends with its term. Where several machines share the store, use
   * `hold`. Default: the option of the feed's listener, else `deliver`.
   */
  readonly onStoreError?: OnStoreError | undefined;
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Default: {@link pluginLogger}. */
  readonly logger?: SeenLogger | undefined;
}

/** The work of a leader. Its signal aborts when the term ends, or the leadership as a whole. */
export type LeadersWork = (signal: AbortSignal) => Promise<unknown>;

/**
 * Runs `work` while this process leads: of all that share the store, one does. The others stand by, and one of them
 * takes over within 15 seconds when the leader dies or loses the database, and within a second or so when it stops, or
 * dies on the same machine. `poll` is led already; this is for loops of the bot's own.
 *
 * The work's signal aborts when the term is lost: nothing that only the leader may do, such as a request to the source,
 * may be begun after that. Once the work has ended, this process stands by again. A lead within the work of a lead of
 * the same election is part of it. Where no store is shared, because there is no client or the plugin is switched off,
 * the work runs in every process.
 *
 * @returns Once the signal has aborted or the work has ended by itself, and the term was given up. Deliveries that the
 *   work has begun are waited for before.
 * @throws {SeenConfigError} when there is neither a signal nor a SapphireClient, or an option cannot work.
 * @throws {SeenStoreClosedError} when the option `store` is closed.
 * @throws The error of the work, unless its signal has aborted.
 * @example
 * ```ts
 * // One of the bot's processes keeps the connection open.
 * await lead((signal) => listenToNews(signal, (item) => client.emit('news', { items: [item], complete: false })), {
 *   feed: 'news',
 * });
 * ```
 */
export async function lead(work: LeadersWork, options: LeadOptions): Promise<void> {
  requirePolicy(options.onStoreError);
  const logger = unfailing(options.logger ?? pluginLogger(), 'a leader');
  const signal = options.signal ?? whenBotStops('lead', options.feed, logger);
  const client: Client | undefined = container.client;
  const { clock = systemClock } = options;
  while (!signal.aborted) {
    const store = options.store ?? electorateOf(client);
    if (store === null) return void (await work(signal));
    if (store !== undefined && (await leadAmong(store, { signal, work, client, options: { ...options, logger } })))
      return;
    await sleepUnlessAborted(clock, STANDBY_MS, signal);
  }
}

interface LedWork {
  readonly signal: AbortSignal;
  readonly work: LeadersWork;
  readonly client: Client | undefined;
  readonly options: LeadOptions & { readonly logger: SeenLogger };
}

/** True once the leadership has ended; false when the client's store was closed, which a login may open again. */
async function leadAmong(store: SeenStore, { signal, work, client, options }: LedWork): Promise<boolean> {
  const { feed, election: name = feed, clock = systemClock, logger } = options;
  const election = { feed, name, store };
  const present = presentTenure(feed);
  if (present && isOf(present, election)) {
    await work(AbortSignal.any([signal, present.over]));
    return true;
  }
  const listener = (): FeedOfClient | undefined => (client === undefined ? undefined : feedOfClient(client, feed));
  const context = {
    election,
    clock,
    logger,
    onStoreError: () => options.onStoreError ?? listener()?.options.onStoreError ?? defaultDeliveryOptions.onStoreError,
    tellOfFailingStore: async (fault: unknown) => listener()?.tellOfFailingStore(fault),
  };
  try {
    await standAndServe(context, work, signal);
    return true;
  } catch (error) {
    const isClosed = error instanceof SeenStoreClosedError && electorateOf(client) !== store;
    if (options.store === undefined && isClosed) return false;
    throw error;
  }
}

async function standAndServe(context: CandidateContext, work: LeadersWork, signal: AbortSignal): Promise<void> {
  const candidate = new Candidate(context);
  for (let tenure = await candidate.elected(signal); tenure !== undefined; tenure = await candidate.elected(signal)) {
    if (await serve(context, tenure, work, signal)) return;
  }
}

/**
 * Has the leader's work done for one tenure, which is renewed meanwhile. A store that hangs keeps nothing waiting.
 *
 * @returns True when the work has ended by itself.
 */
async function serve(
  context: CandidateContext,
  tenure: Tenure,
  work: LeadersWork,
  signal: AbortSignal,
): Promise<boolean> {
  const keeping = keepTenure(context, tenure);
  const either = AbortSignal.any([signal, tenure.over]);
  const working = runWithin(tenure, () => work(either));
  try {
    await Promise.race([working, keeping.then(() => working)]);
    return !either.aborted;
  } catch (error) {
    if (!either.aborted) throw error;
    context.logger.debug('feed_poll_aborted', { feed: context.election.feed, error });
    return false;
  } finally {
    await tenure.settled();
    await resign(tenure, context.logger);
  }
}

/** Gives up what this process leads among those who share the store: it is about to be closed. */
export async function resignAll(store: SeenStore, logger: SeenLogger): Promise<void> {
  await Promise.all(tenuresOf(store).map((tenure) => resign(tenure, logger)));
}

function requirePolicy(policy: unknown): void {
  if (policy === undefined || policy === 'deliver' || policy === 'hold') return;
  throw new SeenConfigError(`onStoreError must be 'deliver' or 'hold', but is ${shown(policy)}.`);
}
