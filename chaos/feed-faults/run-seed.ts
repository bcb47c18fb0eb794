import { join } from 'node:path';

import { startLocalDiscord } from '../../local/discord/index.ts';
import type { Design } from '../designs.ts';
import { Bot, postsOf } from './bot.ts';
import { countTorn, findViolations, type Violations } from './checker.ts';
import type { CrawlRecord, Evidence } from './evidence.ts';
import { FaultyEdgar } from './faulty-edgar.ts';
import { planRun, POLL_MS, START, type FeedKind, type Plan } from './plan.ts';
import { SimulatedClock } from './simulated-clock.ts';

/** Polls without faults at the end: what waited for one or two polls is posted by then. */
const CALM_POLLS = 4;

export interface SeedOptions {
  readonly seed: number;
  readonly design: Design;
  /** A folder for the store. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Kinds of feed to choose from. Default: all. */
  readonly kinds?: readonly FeedKind[];
}

/** The result of one seed. */
export interface SeedReport {
  readonly seed: number;
  readonly kind: FeedKind;
  readonly requests: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly crawls: number;
  /** Crawls with faults, and those of them that were complete. */
  readonly faulty: number;
  readonly completed: number;
  /** Filings that a crawl called partial, and those of them that lacked something. */
  readonly partial: number;
  /** Filings posted. */
  readonly posts: number;
  /** Filings posted without a party that the feed listed: they had waited in vain. */
  readonly postedTorn: number;
  readonly violations: Violations;
}

/** Polls a faulty EDGAR and posts what is new, as the bot does, and checks what came of it. */
export async function runSeed(options: SeedOptions): Promise<SeedReport> {
  const { seed, design, folder, signal, kinds } = options;
  const plan = planRun(seed, kinds);
  const clock = new SimulatedClock(START);
  await using discord = await startLocalDiscord({ clock });
  await using edgar = await FaultyEdgar.start(plan, clock);
  const path = join(folder, `${seed}.sqlite`);
  const { baseUrl } = edgar;
  await using bot = await Bot.start(plan, { path, baseUrl, discord, clock, design, signal });
  const crawls: CrawlRecord[] = [];
  let firstRun: CrawlRecord | undefined;
  let calm = 0;
  for (let poll = 0; calm < CALM_POLLS; poll += 1) {
    edgar.isFaulty = poll < plan.polls;
    edgar.outage = plan.outage?.poll === poll ? plan.outage : undefined;
    const record = await pollOnce(bot, edgar, clock);
    crawls.push(record);
    if (!record.isFaulty) calm += 1;
    if (bot.hasStarted) firstRun ??= record;
    clock.advance(POLL_MS - ((clock.now() - START) % POLL_MS));
  }
  const evidence = { plan, crawls, firstRun, posts: postsOf(discord) };
  return reportOf(evidence, edgar);
}

async function pollOnce(bot: Bot, edgar: FaultyEdgar, clock: SimulatedClock): Promise<CrawlRecord> {
  edgar.beginCrawl();
  const isFaulty = edgar.isFaulty || bot.isBlocked;
  const crawl = await bot.crawl();
  const { oldestState } = edgar;
  const endedAt = clock.now();
  await bot.deliver(crawl);
  return { crawl, oldestState, endedAt, isFaulty };
}

function reportOf(evidence: Evidence, { requests, faults }: FaultyEdgar): SeedReport {
  const { plan, crawls, posts } = evidence;
  const { seed, kind }: Plan = plan;
  const faulty = crawls.filter(({ isFaulty }) => isFaulty);
  return {
    seed,
    kind,
    requests,
    faults,
    crawls: crawls.length,
    faulty: faulty.length,
    completed: faulty.filter(({ crawl }) => crawl.complete).length,
    partial: crawls.flatMap(({ crawl }) => crawl.filings.filter(({ partial }) => partial)).length,
    posts: posts.length,
    postedTorn: countTorn(evidence),
    violations: findViolations(evidence),
  };
}
