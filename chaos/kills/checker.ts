import type { LocalDiscord } from '../../local/discord/index.ts';
import type { LedgerEntry, SeenStore } from '../../src/store/index.ts';
import type { ClockNemesis } from './clock-nemesis.ts';
import type { ChannelNemesis } from './channel-nemesis.ts';
import { ChannelViews, itemIn } from './channel-views.ts';
import type { Delays, Post } from './delays.ts';
import type { DiscordFaults } from './faults.ts';
import type { FeedGenerator } from './generator.ts';
import type { MessageNemesis } from './message-nemesis.ts';
import { nemesesOn, type BackendName, type NemesisName } from '../choices.ts';
import type { KillCounts } from './nemesis.ts';
import { checkOrder, type OrderReport } from './order-checker.ts';
import { keepsLedger } from '../designs.ts';
import type { KillOptions } from '../options.ts';
import type { Payments } from './payments.ts';
import type { PollRecord, PollReport } from './poll-record.ts';
import { channels } from './plan-disturbances.ts';
import { countRequests, type RequestCounts } from './request-counts.ts';
import type { Resumption, ResumptionReport } from './resumption.ts';
import type { ServerNemeses } from './server-nemeses.ts';

/** An item that does not have exactly one message in a channel. */
export interface WrongPost {
  readonly item: string;
  readonly channel: string;
  /** Times of the messages, on the fast clock. */
  readonly postedAt: readonly string[];
  readonly entry: LedgerEntry | null;
}

export interface ChaosReport extends RequestCounts, OrderReport, PollReport {
  readonly seed: number;
  readonly design: string;
  readonly kills: KillCounts;
  readonly clockSteps: ClockNemesis['counts'];
  /** Troubles of channels, by kind. */
  readonly troubles: ChannelNemesis['counts'];
  /** Messages that Discord or a moderator changed. */
  readonly changedMessages: MessageNemesis['counts'];
  /** Times a leader's process was stopped for longer than its lease. */
  readonly pauses: number;
  /** The faults of the server, where the database is on one. */
  readonly serverFaults: ServerNemeses['counts'];
  /** The database, and what disturbed it: all that can, or those that were chosen. */
  readonly backend: BackendName;
  /** True where the database may forget what it confirmed, so that only posting twice is a fault. */
  readonly mayForget: boolean;
  readonly nemeses: readonly NemesisName[];
  /** Time from a kill until one of the killed client's items went on, in real milliseconds, by what was killed. */
  readonly resumedMs: ResumptionReport;
  readonly items: number;
  /** Number of messages that there must be: an item may go to several channels. */
  readonly expectedPosts: number;
  readonly posts: number;
  readonly duplicates: readonly WrongPost[];
  readonly losses: readonly WrongPost[];
  /** Number of messages that belong to no item. */
  readonly strangers: number;
  /** Items that are not seen, or not posted according to the ledger. */
  readonly unfinished: readonly string[];
  /** Number of enrichments. */
  readonly paid: number;
  /** Number of enrichments for an item that had been enriched before. */
  readonly paidAgain: number;
  /** Items that were enriched again although the first enrichment was saved, or could have been. */
  readonly paidForNothing: readonly string[];
  readonly discordFaults: number;
  readonly deadLettersReplayed: number;
  /** Events that no plan explains: a process that crashed by itself, an error that nobody caught. */
  readonly problems: readonly string[];
}

/** The state of everything at the end of a run. */
export interface Outcome {
  readonly options: KillOptions;
  readonly store: SeenStore;
  readonly discord: LocalDiscord;
  readonly feed: FeedGenerator;
  readonly payments: Payments;
  readonly faults: DiscordFaults;
  readonly kills: KillCounts;
  readonly delays: Delays;
  readonly clockSteps: ClockNemesis['counts'];
  readonly troubles: ChannelNemesis['counts'];
  readonly changedMessages: MessageNemesis['counts'];
  readonly pauses: number;
  readonly serverFaults: ServerNemeses['counts'];
  readonly pollRecord: PollRecord;
  readonly resumption: Resumption;
  readonly replayed: number;
  readonly problems: readonly string[];
}

/** Checks the messages in the channels, and the state of the store, against the items that were generated. */
export async function check(outcome: Outcome): Promise<ChaosReport> {
  const { options, discord, feed, payments, faults, kills, replayed, problems } = outcome;
  const expected = feed.all.flatMap((item) => item.channels.map((channel) => `${item.id} ${channel}`));
  const posts = postsIn(discord);
  const seen = Map.groupBy(posts, ({ item, channel }) => `${item} ${channel}`);
  const wrong = expected.filter((key) => seen.get(key)?.length !== 1);
  const found = await Promise.all(wrong.map((key) => describeWrong(outcome.store, key, seen.get(key) ?? [])));
  const known = new Set(expected);
  return {
    seed: options.seed,
    design: options.design,
    kills,
    clockSteps: outcome.clockSteps,
    troubles: outcome.troubles,
    changedMessages: outcome.changedMessages,
    pauses: outcome.pauses,
    serverFaults: outcome.serverFaults,
    backend: options.store,
    mayForget: mayForget(options),
    nemeses: nemesesOn(options),
    resumedMs: outcome.resumption.report(),
    items: feed.all.length,
    expectedPosts: expected.length,
    posts: posts.length,
    duplicates: found.filter(({ postedAt }) => postedAt.length > 1),
    losses: found.filter(({ postedAt }) => postedAt.length === 0),
    strangers: [...seen.keys()].filter((key) => !known.has(key)).length,
    unfinished: await unfinishedItems(outcome),
    paid: payments.count,
    paidAgain: payments.repeated,
    paidForNothing: payments.wasted,
    discordFaults: faults.count,
    deadLettersReplayed: replayed,
    problems,
    ...checkOrder(firstPosts(seen), outcome.delays, new ChannelViews(discord.requests)),
    ...countRequests(discord.requests),
    ...outcome.pollRecord.report(),
  };
}

/** Returns true where commits that were confirmed are lost: a failover to a standby that did not have them. */
export function mayForget({ failovers, replication }: KillOptions): boolean {
  return failovers !== undefined && replication === 'async';
}

/** Lists the messages of all channels, each channel's in its order. */
function postsIn(discord: LocalDiscord): Post[] {
  return channels.flatMap((channel) =>
    discord
      .messages(channel)
      .map(({ content, timestamp }) => ({ item: itemIn(content), channel, at: Date.parse(timestamp) })),
  );
}

function firstPosts(seen: ReadonlyMap<string, readonly Post[]>): Post[] {
  return [...seen.values()].flatMap(([first]) => first ?? []);
}

async function describeWrong(store: SeenStore, key: string, posts: readonly Post[]): Promise<WrongPost> {
  const postedAt = posts.map(({ at }) => new Date(at).toISOString());
  const [item = '', channel = ''] = key.split(' ');
  return { item, channel, postedAt, entry: await store.ledger.find(item) };
}

/** Returns the unfinished items. The broken designs keep no ledger: there an item is finished once it is seen. */
async function unfinishedItems({ store, feed, options }: Outcome): Promise<string[]> {
  const all = feed.all.map(({ id }) => id);
  const unseen = new Set(await store.filterUnseen(all));
  const entries = await Promise.all(all.map((id) => store.ledger.find(id)));
  const unposted = new Set(entries.flatMap((entry) => (entry === null || entry.state === 'posted' ? [] : [entry.id])));
  const unknown = new Set(keepsLedger(options.design) ? await store.ledger.filterUnknown(all) : []);
  return all.filter((id) => unseen.has(id) || unposted.has(id) || unknown.has(id));
}
