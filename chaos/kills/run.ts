import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  everyRewrite,
  startLocalDiscord,
  type Fault,
  type IncomingRequest,
  type LocalDiscord,
} from '../../local/discord/index.ts';
import { whenAborted } from '../../scripts/stop.ts';
import type { SeenStore } from '../../src/store/index.ts';
import { bundleClients } from '../bundle-clients.ts';
import { ChannelNemesis } from './channel-nemesis.ts';
import { check, mayForget, type ChaosReport } from './checker.ts';
import { ClockNemesis } from './clock-nemesis.ts';
import { ClockRecord } from './clock-record.ts';
import { Cluster } from './database/cluster.ts';
import { openOnServer } from './database/postgres.ts';
import { openFile } from './database/sqlite.ts';
import { Delays } from './delays.ts';
import { drain } from './drain.ts';
import { fastClock } from './fast-clock.ts';
import { DiscordFaults } from './faults.ts';
import { FeedGenerator } from './generator.ts';
import type { History } from '../history.ts';
import { MessageNemesis } from './message-nemesis.ts';
import { Nemesis, type KillCounts } from './nemesis.ts';
import { nemesesOn } from '../choices.ts';
import type { KillOptions } from '../options.ts';
import { PROGRESS_MS, type RunExtras, type RunListener } from '../run-extras.ts';
import { PauseNemesis } from './pause-nemesis.ts';
import { Payments } from './payments.ts';
import { PollRecord } from './poll-record.ts';
import { channels as feedChannels } from './plan-disturbances.ts';
import { NONCE_WINDOW_MS, type Plan } from './plan.ts';
import { ProcessSlot, type SlotConfig, type SlotEvents } from './process-slot.ts';
import { FROM_HEADER, itemNamedBy, POLLER } from './protocol.ts';
import { Resumption } from './resumption.ts';
import { absences, ServerNemeses } from './server-nemeses.ts';
import { SourceServer } from './source.ts';

/** The main modules of the clients, and of the processes that they are threads of. */
export const clientPrograms = {
  client: new URL('client.ts', import.meta.url),
  process: new URL('client-process.ts', import.meta.url),
};
/** After more problems than this the run ends: it would only produce more of them. */
const MAX_PROBLEMS = 5;

export interface Progress {
  readonly kills: number;
  /** Kills in a minute up to now. */
  readonly perMinute: number;
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
  readonly pollRecord: PollRecord;
  readonly resumption: Resumption;
  readonly source: SourceServer;
  readonly config: SlotConfig;
  /** The servers, where the database is on one. */
  readonly cluster: Cluster | undefined;
}

/** The disturbances of the clients beside the kills. */
interface Nemeses {
  readonly clocks: ClockNemesis;
  readonly channels: ChannelNemesis;
  readonly messages: MessageNemesis;
  readonly pauses: PauseNemesis;
  readonly server: ServerNemeses | undefined;
}

/**
 * Runs one test, in the terms of Jepsen (https://jepsen.io): the generator makes up a feed, clients deliver it, the
 * nemeses kill clients and disturb them as planned, and once the survivors have delivered the rest, the checker
 * compares the messages with the feed. The history tells what happened meanwhile.
 */
export async function runChaos(
  options: KillOptions,
  plan: Plan,
  { history, listener, signal = new AbortController().signal, programs }: RunExtras<Progress>,
): Promise<ChaosReport> {
  await using stack = new AsyncDisposableStack();
  const setup = await setUp(options, stack, programs);
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
    pauses: new PauseNemesis(slots, setup.pollRecord, options.seed, history),
    server:
      setup.cluster &&
      new ServerNemeses(setup.cluster, options.seed, history, (fault) => {
        setup.delays.serverDisturbed();
        if (absences.has(fault)) setup.payments.serverWasAway();
      }),
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
    disturbAndDrain(setup, options, nemesis, nemeses, { listener, shouldStop }),
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
    pauses: nemeses.pauses.count,
    serverFaults: nemeses.server?.counts ?? {},
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
  options: KillOptions,
  nemesis: Nemesis,
  { clocks, channels, pauses, server }: Nemeses,
  { listener, shouldStop }: { readonly listener: RunListener<Progress> | undefined; shouldStop(): boolean },
): Promise<number> {
  const killed = new AbortController();
  const { reached } = nemesis;
  const failedOver = server?.failOver(options.failovers ?? 0, options.kills, reached, killed.signal);
  const disturbed = Promise.all([
    nemesesOn(options).includes('clocks') ? clocks.run(reached, killed.signal) : undefined,
    channels.run(reached, killed.signal),
    nemesesOn(options).includes('pauses') ? pauses.run(killed.signal) : undefined,
    server?.run(nemesesOn(options), reached, killed.signal),
  ]);
  await nemesis.run(shouldStop);
  if (!shouldStop()) await failedOver;
  killed.abort();
  await Promise.all([failedOver, disturbed]);
  if (shouldStop()) return 0;
  listener?.onHealed();
  return await drain(setup, mayForget(options));
}

function describeRequest({ method, path, headers, body }: IncomingRequest, fault: Fault | undefined): object {
  return { event: 'request', from: headers[FROM_HEADER], method, path, body, fault };
}

function createSlots(
  { processes }: KillOptions,
  { payments, delays, pollRecord, resumption, config }: Setup,
  history: History,
  problems: string[],
): ProcessSlot[] {
  const events: SlotEvents = {
    onNotice: (slot, notice) => {
      if (notice.event === 'ready') resumption.clientStarted(notice.incarnation);
      if (notice.event === 'ready' && notice.thread === POLLER) pollRecord.clientStarted(notice.incarnation);
      if (notice.event === 'claimed')
        for (const one of [delays, resumption]) one.claimed(notice.id, notice.incarnation);
      if (notice.event === 'left') resumption.left(notice.id, notice.incarnation);
      const plain = itemNamedBy(notice, 'feed_item_plain');
      if (plain !== undefined) delays.enrichmentEnded(plain);
      const lost = itemNamedBy(notice, 'feed_claim_lost');
      if (lost !== undefined) for (const record of [delays, payments]) record.leaseLost(lost);
      history.write({ slot, ...notice });
    },
    onEnd: (incarnation, target) => {
      for (const one of [payments, delays, pollRecord]) one.clientEnded(incarnation);
      resumption.clientEnded(incarnation, target);
    },
    onProblem: (text) => void problems.push(text),
  };
  return Array.from({ length: processes }, (_, number) => new ProcessSlot(number, config, events));
}

async function setUp(options: KillOptions, stack: AsyncDisposableStack, bundled?: string): Promise<Setup> {
  const folder = mkdtempSync(join(tmpdir(), 'seen-chaos-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const programs = bundled ?? folder;
  if (bundled === undefined) await bundleClients(clientPrograms, folder);
  const startedAt = Date.now();
  const clock = fastClock(startedAt);
  const isOnServer = options.store === 'postgres';
  const cluster = isOnServer
    ? await Cluster.start(stack, options.failovers === undefined ? undefined : options.replication)
    : undefined;
  const { store, place } = await (cluster
    ? openOnServer(stack, cluster, clock, startedAt)
    : openFile(stack, folder, clock));
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
  const pollRecord = new PollRecord(() => performance.now());
  const source = stack.adopt(
    await SourceServer.start({ feed, payments, delays, pollRecord, seed: options.seed }),
    (server) => server.close(),
  );
  const { threads, design } = options;
  const { api, token } = discord;
  const onStoreError = isOnServer ? ('hold' as const) : ('deliver' as const);
  const shared = { folder, programs, place, onStoreError, startedAt };
  const config = { ...shared, api, token, source: source.url, threads, design };
  const resumption = new Resumption(() => performance.now());
  const records = { clocks, delays, payments, pollRecord, resumption };
  return { store, discord, faults, feed, source, config, cluster, ...records };
}

function progressOf(counts: KillCounts, { feed, discord }: Setup): Progress {
  const posts = feedChannels.reduce((sum, channel) => sum + discord.messages(channel).length, 0);
  return { kills: counts.total, perMinute: counts.perMinute, items: feed.all.length, posts };
}
