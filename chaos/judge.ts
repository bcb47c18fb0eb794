import { ids, type LocalDiscord } from '../local/discord/index.ts';
import type { LedgerEntry, SeenStore } from '../src/store/index.ts';
import type { DiscordFaults } from './faults.ts';
import type { GeneratedFeed } from './generated-feed.ts';
import type { Killer, KillCounts } from './killer.ts';
import type { ChaosOptions } from './options.ts';
import type { Payments } from './payments.ts';
import { countRequests, type RequestCounts } from './request-counts.ts';

/** One item in one channel that does not have exactly one message. */
export interface WrongPost {
  readonly item: string;
  readonly channel: string;
  /** When the messages were posted, on the fast clock. */
  readonly postedAt: readonly string[];
  readonly entry: LedgerEntry | null;
}

export interface ChaosReport extends RequestCounts {
  readonly seed: number;
  readonly design: string;
  readonly kills: KillCounts;
  readonly items: number;
  /** Messages that there must be: an item may go to several channels. */
  readonly expectedPosts: number;
  readonly posts: number;
  readonly duplicates: readonly WrongPost[];
  readonly losses: readonly WrongPost[];
  /** Messages of no item. */
  readonly strangers: number;
  /** Items that the store does not hold as delivered, or still holds for somebody. */
  readonly unfinished: readonly string[];
  readonly paid: number;
  /** Enrichments that were paid again, because their payer had died with it. */
  readonly paidAgain: number;
  /** Items whose enrichment was paid again without that excuse. */
  readonly paidForNothing: readonly string[];
  readonly discordFaults: number;
  readonly deadLettersReplayed: number;
  /** What no plan explains: a process that crashed by itself, an error that nobody caught. */
  readonly problems: readonly string[];
}

export interface Evidence {
  readonly options: ChaosOptions;
  readonly store: SeenStore;
  readonly discord: LocalDiscord;
  readonly feed: GeneratedFeed;
  readonly payments: Payments;
  readonly faults: DiscordFaults;
  readonly killer: Killer;
  readonly replayed: number;
  readonly problems: readonly string[];
}

/** Compares what a person sees in the channels, and what the store says, with what the feed listed. */
export async function judge(evidence: Evidence): Promise<ChaosReport> {
  const { options, discord, feed, payments, faults, killer, replayed, problems } = evidence;
  const expected = feed.all.flatMap(({ id, channels }) => channels.map((channel) => `${id} ${channel}`));
  const seen = messagesByItem(discord);
  const wrong = expected.filter((key) => seen.get(key)?.length !== 1);
  const found = await Promise.all(wrong.map((key) => describeWrong(evidence.store, key, seen.get(key) ?? [])));
  const known = new Set(expected);
  return {
    seed: options.seed,
    design: options.design,
    kills: killer.counts,
    items: feed.all.length,
    expectedPosts: expected.length,
    posts: [...seen.values()].flat().length,
    duplicates: found.filter(({ postedAt }) => postedAt.length > 1),
    losses: found.filter(({ postedAt }) => postedAt.length === 0),
    strangers: [...seen.keys()].filter((key) => !known.has(key)).length,
    unfinished: await unfinishedItems(evidence),
    paid: payments.count,
    paidAgain: payments.repeated,
    paidForNothing: payments.wasted,
    discordFaults: faults.count,
    deadLettersReplayed: replayed,
    problems,
    ...countRequests(discord.requests),
  };
}

export function isPerfect(report: ChaosReport): boolean {
  const { duplicates, losses, unfinished, paidForNothing, problems, strangers } = report;
  return (
    [duplicates, losses, unfinished, paidForNothing, problems].every(({ length }) => length === 0) && strangers === 0
  );
}

/** The times of the messages of each item in each channel. */
function messagesByItem(discord: LocalDiscord): Map<string, string[]> {
  const seen = new Map<string, string[]>();
  for (const channel of [ids.announcements, ids.general]) {
    for (const { content, timestamp } of discord.messages(channel)) {
      const key = `${content.split(' ', 1).join('')} ${channel}`;
      seen.set(key, [...(seen.get(key) ?? []), timestamp]);
    }
  }
  return seen;
}

async function describeWrong(store: SeenStore, key: string, postedAt: readonly string[]): Promise<WrongPost> {
  const [item = '', channel = ''] = key.split(' ');
  return { item, channel, postedAt, entry: await store.ledger.find(item) };
}

/** The broken designs keep no ledger: for them it is enough that the item is seen. */
async function unfinishedItems({ store, feed, options }: Evidence): Promise<string[]> {
  const all = feed.all.map(({ id }) => id);
  const unseen = new Set(await store.filterUnseen(all));
  const entries = await Promise.all(all.map((id) => store.ledger.find(id)));
  const unposted = new Set(entries.flatMap((entry) => (entry === null || entry.state === 'posted' ? [] : [entry.id])));
  const unknown = new Set(options.design === 'ours' ? await store.ledger.filterUnknown(all) : []);
  return all.filter((id) => unseen.has(id) || unposted.has(id) || unknown.has(id));
}
