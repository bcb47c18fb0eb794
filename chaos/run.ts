import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { startLocalDiscord, type LocalDiscord } from '../local/discord/index.ts';
import { openSeenStore, type SeenStore } from '../src/store/index.ts';
import { BUSY_TIMEOUT_MS, fastClock } from './fast-clock.ts';
import { DiscordFaults } from './faults.ts';
import { GeneratedFeed } from './generated-feed.ts';
import { judge, type ChaosReport } from './judge.ts';
import { Killer, type KillCounts } from './killer.ts';
import type { ChaosOptions } from './options.ts';
import { Payments } from './payments.ts';
import { NONCE_WINDOW_MS } from './plan.ts';
import { ProcessSlot, type SlotEvents } from './process-slot.ts';
import type { DelivererConfig } from './protocol.ts';
import type { RunLog } from './run-log.ts';
import { SourceServer } from './source.ts';

/** Real time after the last kill in which everything must have come to rest. */
const SETTLE_MS = 60_000;
const PROGRESS_MS = 100;
/** More problems than this, and going on would only produce more of them. */
const MOST_PROBLEMS = 5;

export interface Progress {
  readonly kills: number;
  readonly items: number;
  readonly posts: number;
}

export interface ChaosListener {
  onProgress(progress: Progress): void;
  onSettling(): void;
}

interface Stage {
  readonly store: SeenStore;
  readonly discord: LocalDiscord;
  readonly faults: DiscordFaults;
  readonly feed: GeneratedFeed;
  readonly payments: Payments;
  readonly source: SourceServer;
  readonly config: DelivererConfig;
}

/** Runs deliverers, kills them as planned, lets the survivors finish, and compares the channels with the feed. */
export async function runChaos(options: ChaosOptions, log: RunLog, listener: ChaosListener): Promise<ChaosReport> {
  await using stack = new AsyncDisposableStack();
  const stage = await setUp(options, stack);
  const problems: string[] = [];
  const slots = fillSlots(options, stage, log, problems);
  stack.defer(async () => {
    await Promise.all(slots.map((slot) => slot.kill()));
  });
  const killer = new Killer(slots, options, log);
  stage.discord.faults = (request) => {
    const fault = killer.isDoomed(request) ? killer.onRequest(request) : stage.faults.plan(request);
    log.request(request, fault);
    return fault;
  };
  const watch = setInterval(() => listener.onProgress(progressOf(killer.counts, stage)), PROGRESS_MS);
  stack.defer(() => clearInterval(watch));
  const isHopeless = (): boolean => problems.length > MOST_PROBLEMS;
  await killer.run(isHopeless);
  listener.onSettling();
  const replayed = isHopeless() ? 0 : await settle(stage);
  await Promise.all(slots.map((slot) => slot.stop()));
  problems.push(...stage.source.failures.map(String));
  return await judge({ ...stage, options, killer, replayed, problems });
}

function fillSlots({ processes }: ChaosOptions, stage: Stage, log: RunLog, problems: string[]): ProcessSlot[] {
  const events: SlotEvents = {
    onNotice: (slot, notice) => log.write({ slot, ...notice }),
    onEnd: (incarnation) => stage.payments.died(incarnation),
    onProblem: (text) => void problems.push(text),
  };
  return Array.from({ length: processes }, (_, number) => new ProcessSlot(number, stage.config, events));
}

async function setUp(options: ChaosOptions, stack: AsyncDisposableStack): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'seen-chaos-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const startedAt = Date.now();
  const clock = fastClock(startedAt);
  const database = join(folder, 'seen.sqlite');
  const store = await openSeenStore({ path: database, clock, busyTimeoutMs: BUSY_TIMEOUT_MS });
  stack.defer(() => store.close());
  const faults = new DiscordFaults(options.seed);
  const discord = stack.adopt(await startLocalDiscord({ clock, nonceWindowMs: NONCE_WINDOW_MS }), (server) =>
    server.close(),
  );
  const backlog = 4 * options.processes * options.threads;
  const feed = new GeneratedFeed(store, { seed: options.seed, items: options.items, backlog });
  const payments = new Payments(store);
  const source = stack.adopt(await SourceServer.start(feed, payments, options.seed), (server) => server.close());
  const { threads, design } = options;
  const { api, token } = discord;
  const config = { database, startedAt, api, token, source: source.url, threads, design };
  return { store, discord, faults, feed, payments, source, config };
}

/** Everybody works on until nothing is left to do. Dead letters are replayed, as an operator would. */
async function settle({ store, feed, faults, source }: Stage): Promise<number> {
  faults.stop();
  source.heal();
  feed.finish();
  const deadline = performance.now() + SETTLE_MS;
  let replayed = 0;
  while (performance.now() < deadline) {
    const { failed } = await store.ledger.counts();
    if (failed > 0) replayed += await store.ledger.retry();
    if (feed.isComplete && (await isAtRest(store, feed))) break;
    await delay(100);
  }
  return replayed;
}

async function isAtRest(store: SeenStore, feed: GeneratedFeed): Promise<boolean> {
  const { waiting, active, failed } = await store.ledger.counts();
  const unseen = await store.filterUnseen(feed.all.map(({ id }) => id));
  return waiting + active + failed + unseen.length === 0;
}

function progressOf(counts: KillCounts, { feed, discord }: Stage): Progress {
  const channels = new Set(feed.all.flatMap((item) => item.channels));
  const posts = [...channels].reduce((sum, channel) => sum + discord.messages(channel).length, 0);
  return { kills: counts.total, items: feed.all.length, posts };
}
