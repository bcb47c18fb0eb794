import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import {
  everyRewrite,
  startLocalDiscord,
  type Fault,
  type IncomingRequest,
  type LocalDiscord,
} from '../../local/discord/index.ts';
import { whenAborted } from '../../scripts/stop.ts';
import { openSeenStore, type SeenStore } from '../../src/store/index.ts';
import { bundleClient } from '../bundle-client.ts';
import { ChannelNemesis } from './channel-nemesis.ts';
import { check, type ChaosReport } from './checker.ts';
import { ClockNemesis } from './clock-nemesis.ts';
import { ClockRecord } from './clock-record.ts';
import { Delays } from './delays.ts';
import { BUSY_TIMEOUT_MS, fastClock } from './fast-clock.ts';
import { DiscordFaults } from './faults.ts';
import { FeedGenerator } from './generator.ts';
import type { History } from '../history.ts';
import { MessageNemesis } from './message-nemesis.ts';
import { Nemesis, type KillCounts } from './nemesis.ts';
import type { KillOptions } from '../options.ts';
import { PROGRESS_MS, type RunExtras, type RunListener } from '../run-extras.ts';
import { Payments } from './payments.ts';
import { NONCE_WINDOW_MS, type Plan } from './plan.ts';
import { ProcessSlot, type SlotConfig, type SlotEvents } from './process-slot.ts';
import { FROM_HEADER, type Notice } from './protocol.ts';
import { SourceServer } from './source.ts';

/** The main module of a client. */
export const clientProgram = new URL('client.ts', import.meta.url);
/**
 * Real time within which the survivors must have delivered everything after the last kill: longer than an hour of the
 * fast clock, by which an item may have been put off on a clock that was wrong.
 */
const DRAIN_TIMEOUT_MS = 100_000;
/** After more problems than this the run ends: it would only produce more of them. */
const MAX_PROBLEMS = 5;

export interface Progress {
  readonly kills: number;
  readonly items: number;
  readonly posts: number;
}

interface Setup {
  readonly store: SeenStore;
  readonly discord: LocalDiscord;
  readonly clocks: ClockRecord;
  readonly delays: Delays;
  readonly faults: DiscordFaults;
  readonly feed: FeedGenerator;
  readonly payments: Payments;
  readonly source: SourceServer;
  readonly config: SlotConfig;
}

/** What disturbs the clients beside the kills. */
interface Nemeses {
  readonly clocks: ClockNemesis;
  readonly channels: ChannelNemesis;
  readonly messages: MessageNemesis;
}

/**
 * Runs one test, in the terms of Jepsen (https://jepsen.io): the generator makes up a feed, clients deliver it, the
 * nemeses kill clients and disturb them as planned, and once the survivors have delivered the rest, the checker
 * compares the messages with the feed. The history tells what happened meanwhile.
 */
export async function runChaos(
  options: KillOptions,
  plan: Plan,
  { history, listener, signal = new AbortController().signal, program }: RunExtras<Progress>,
): Promise<ChaosReport> {
  await using stack = new AsyncDisposableStack();
  const setup = await setUp(options, stack, program);
  const problems: string[] = [];
  const slots = createSlots(options, setup, history, problems);
  stack.defer(async () => {
    await Promise.all(slots.map((slot) => slot.kill()));
  });
  const nemesis = new Nemesis(slots, plan.kills, history);
  const nemeses = {
    clocks: new ClockNemesis(slots, plan.clockSteps, setup.clocks, history),
    channels: new ChannelNemesis(setup.discord, plan.troubles, history),
    messages: stack.use(new MessageNemesis(setup.discord, options.seed, history)),
  };
  setup.discord.faults = (request) => {
    const fault = nemesis.isLastRequest(request)
      ? nemesis.onLastRequest(request)
      : (nemeses.channels.faultOf(request) ?? setup.faults.plan(request));
    history.write(describeRequest(request, fault));
    return fault;
  };
  const timer = setInterval(() => listener?.onProgress(progressOf(nemesis.counts, setup)), PROGRESS_MS);
  stack.defer(() => clearInterval(timer));
  const shouldStop = (): boolean => problems.length > MAX_PROBLEMS || signal.aborted;
  const replayed = await Promise.race([
    disturbAndDrain(setup, nemesis, nemeses, listener, shouldStop),
    whenAborted(signal),
  ]);
  await Promise.all(slots.map((slot) => slot.stop()));
  problems.push(...setup.source.failures.map(String));
  return await check({
    ...setup,
    options,
    kills: nemesis.counts,
    clockSteps: nemeses.clocks.counts,
    troubles: nemeses.channels.counts,
    changedMessages: nemeses.messages.counts,
    replayed,
    problems,
  });
}

/**
 * Carries out the plan, and lets the survivors deliver the rest. What is left of the disturbances after the last kill
 * is left out.
 *
 * @returns The number of dead letters replayed.
 */
async function disturbAndDrain(
  setup: Setup,
  nemesis: Nemesis,
  { clocks, channels }: Nemeses,
  listener: RunListener<Progress> | undefined,
  shouldStop: () => boolean,
): Promise<number> {
  const killed = new AbortController();
  const disturbed = Promise.all([clocks, channels].map((one) => one.run(nemesis.reached, killed.signal)));
  await nemesis.run(shouldStop);
  killed.abort();
  await disturbed;
  if (shouldStop()) return 0;
  listener?.onHealed();
  return await drain(setup);
}

function describeRequest({ method, path, headers, body }: IncomingRequest, fault: Fault | undefined): object {
  return { event: 'request', from: headers[FROM_HEADER], method, path, body, fault };
}

function createSlots(
  { processes }: KillOptions,
  { payments, delays, config }: Setup,
  history: History,
  problems: string[],
): ProcessSlot[] {
  const events: SlotEvents = {
    onNotice: (slot, notice) => {
      if (notice.event === 'claimed') delays.claimed(notice.id, notice.incarnation);
      const lost = lostItem(notice);
      if (lost !== undefined) for (const record of [delays, payments]) record.leaseLost(lost);
      history.write({ slot, ...notice });
    },
    onEnd: (incarnation) => {
      payments.clientEnded(incarnation);
      delays.clientEnded(incarnation);
    },
    onProblem: (text) => void problems.push(text),
  };
  return Array.from({ length: processes }, (_, number) => new ProcessSlot(number, config, events));
}

/** The item whose lease has passed to another client, if a notice says so. */
function lostItem(notice: Notice): string | undefined {
  if (notice.event !== 'log' || notice.name !== 'feed_claim_lost') return undefined;
  return /"id":"([^"]+)"/.exec(notice.fields)?.[1];
}

async function setUp(options: KillOptions, stack: AsyncDisposableStack, bundled?: string): Promise<Setup> {
  const folder = mkdtempSync(join(tmpdir(), 'seen-chaos-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const program = bundled ?? (await bundleClient(clientProgram, folder));
  const startedAt = Date.now();
  const clock = fastClock(startedAt);
  const database = join(folder, 'seen.sqlite');
  const store = await openSeenStore({ path: database, clock, busyTimeoutMs: BUSY_TIMEOUT_MS });
  stack.defer(() => store.close());
  const now = () => clock.now();
  const clocks = new ClockRecord(options.processes, now);
  const delays = new Delays(now, clocks);
  const faults = new DiscordFaults(options.seed, delays);
  const discord = stack.adopt(
    await startLocalDiscord({ clock, nonceWindowMs: NONCE_WINDOW_MS, rewrites: everyRewrite }),
    (server) => server.close(),
  );
  const backlog = 4 * options.processes * options.threads;
  const feed = new FeedGenerator(store, { seed: options.seed, items: options.items, backlog });
  const payments = new Payments(store, now, clocks);
  const source = stack.adopt(await SourceServer.start({ feed, payments, delays, seed: options.seed }), (server) =>
    server.close(),
  );
  const { threads, design } = options;
  const { api, token } = discord;
  const config = { program, database, startedAt, api, token, source: source.url, threads, design };
  return { store, discord, clocks, delays, faults, feed, payments, source, config };
}

/**
 * Ends all faults, and waits until everything is delivered. Replays dead letters, as an operator would.
 *
 * @returns The number of dead letters replayed.
 */
async function drain({ store, feed, faults, source }: Setup): Promise<number> {
  faults.heal();
  source.heal();
  feed.finish();
  const deadline = performance.now() + DRAIN_TIMEOUT_MS;
  let replayed = 0;
  while (performance.now() < deadline) {
    const { failed } = await store.ledger.counts();
    if (failed > 0) replayed += await store.ledger.retry();
    if (feed.isComplete && (await isDrained(store, feed))) break;
    await delay(100);
  }
  return replayed;
}

async function isDrained(store: SeenStore, feed: FeedGenerator): Promise<boolean> {
  const { waiting, active, failed } = await store.ledger.counts();
  const unseen = await store.filterUnseen(feed.all.map(({ id }) => id));
  return waiting + active + failed + unseen.length === 0;
}

function progressOf(counts: KillCounts, { feed, discord }: Setup): Progress {
  const channels = new Set(feed.all.flatMap((item) => item.channels));
  const posts = [...channels].reduce((sum, channel) => sum + discord.messages(channel).length, 0);
  return { kills: counts.total, items: feed.all.length, posts };
}
