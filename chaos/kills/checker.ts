import type { LocalDiscord } from '../../local/discord/index.ts';
import type { LedgerEntry, SeenStore } from '../../src/store/index.ts';
import type { ClockNemesis } from './clock-nemesis.ts';
import type { ChannelNemesis } from './channel-nemesis.ts';
import { ChannelViews, itemIn } from './channel-views.ts';
import type { Delays, Post } from './delays.ts';
import type { DiscordFaults } from './faults.ts';
import type { FeedGenerator } from './generator.ts';
import type { MessageNemesis } from './message-nemesis.ts';
import type { KillCounts } from './nemesis.ts';
import { checkOrder, type OrderReport } from './order-checker.ts';
import { keepsLedger } from '../designs.ts';
import type { KillOptions } from '../options.ts';
import type { Payments } from './payments.ts';
import { channels } from './plan-disturbances.ts';
import { countRequests, type RequestCounts } from './request-counts.ts';

/** An item that does not have exactly one message in a channel. */
export interface WrongPost {
  readonly item: string;
  readonly channel: string;
  /** Times of the messages, on the fast clock. */
  readonly postedAt: readonly string[];
  readonly entry: LedgerEntry | null;
}

export interface ChaosReport extends RequestCounts, OrderReport {
  readonly seed: number;
  readonly design: string;
  readonly kills: KillCounts;
  readonly clockSteps: ClockNemesis['counts'];
  /** Troubles of channels, by kind. */
  readonly troubles: ChannelNemesis['counts'];
  /** Messages that Discord or a moderator changed. */
  readonly changedMessages: MessageNemesis['counts'];
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
  /** Items that were enriched again although the first enrichment was not lost with its client. */
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
  };
}

export function isValid(report: ChaosReport): boolean {
  const { duplicates, losses, outOfOrder, unfinished, paidForNothing, problems, strangers } = report;
  return (
    [duplicates, losses, outOfOrder, unfinished, paidForNothing, problems].every(({ length }) => length === 0) &&
    strangers === 0
  );
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
