// A client: a worker thread that opens the store and delivers the feed until it is told to stop, or killed.
import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { request } from 'undici';

import type { Feed } from '../../src/feed/feed.ts';
import { Delivery } from '../../src/feed/pipeline.ts';
import {
  openSeenStore,
  SeenStoreOpenError,
  telemetry,
  type SeenLogger,
  type SeenStore,
  type Term,
} from '../../src/store/index.ts';
import { CrashPoints } from './crash-points.ts';
import { storeOptions } from './database/store-options.ts';
import { traits } from '../designs.ts';
import { ClockError, fastClock, LEAD_SPEED } from './fast-clock.ts';
import { notify } from '../notify.ts';
import { pollAsLeader } from './polling.ts';
import {
  FROM_HEADER,
  POLLER,
  TERM_HEADER,
  type ChaosItem,
  type ClientConfig,
  type Notice,
  type ThreadOrder,
} from './protocol.ts';
import { addCrashPoints, openRest } from './rest.ts';

const POLL_MS = 5_000;
const LOGGED_CHARACTERS = 1_500;
/** Few enough that dead letters turn up, whose replay must not repeat a post either. */
const MAX_ATTEMPTS = 5;
/** Three seconds of real time, so that the lease of a client does not run out while a busy machine starts another. */
const LEASE_MS = 180_000;

/** Longer than a lease, so that an item whose client was killed is enriched by the next one. */
const ENRICH_WITHIN_MS = 600_000;

/** Text that Discord does not show as it was sent: an emoji of another server, and marks for its direction. */
const TEXT = '<:up:1300000000000000001> \u202B\u062E\u0628\u0631\u202C';

const config = workerData as ClientConfig;
const clockError = new ClockError(config.clockError);
const clock = fastClock(config.startedAt, clockError);
const stopping = new AbortController();
const crashPoints = new CrashPoints(config.thread, () => parentPort?.postMessage('terminate'));
const design = traits[config.design];

function log(name: string, fields: object = {}): void {
  const text = JSON.stringify(fields, (_key, value: unknown) => (value instanceof Error ? String(value) : value));
  notify<Notice>({ event: 'log', thread: config.thread, name, fields: text.slice(0, LOGGED_CHARACTERS) });
}

const logger: SeenLogger = { debug: () => undefined, info: () => undefined, warn: log, error: log };

const feed: Feed<ChaosItem, { readonly summary: string }> = {
  name: 'chaos',
  key: ({ id }) => id,
  aliases: () => [],
  channels: ({ channels }) => channels,
  async enrich({ id }, signal) {
    const answer = await ask(`/enrich/${id}`, signal);
    crashPoints.reach('paid', id);
    return answer as { summary: string };
  },
  message: ({ id }, enriched) => ({ content: `${id} ${enriched?.summary ?? ''} ${TEXT} https://news.example/${id}` }),
  revive: (payload) => payload as ChaosItem,
};

async function ask(path: string, signal: AbortSignal, headers: Record<string, string> = {}): Promise<unknown> {
  const from = { [FROM_HEADER]: config.incarnation };
  const { statusCode, body } = await request(`${config.source}${path}`, { headers: { ...headers, ...from }, signal });
  const answer = await body.json();
  if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}`);
  return answer;
}

const options = {
  firstRun: 'post',
  maxAttempts: MAX_ATTEMPTS,
  leaseMs: LEASE_MS,
  enrichWithinMs: ENRICH_WITHIN_MS,
  orderWaitMs: design.orderWaitMs,
} as const;

/** Opens the store. One on a server that cannot be had just now is tried again, as whoever runs a bot starts it again. */
async function openStore(): Promise<SeenStore> {
  for (;;) {
    try {
      return await openSeenStore({ ...storeOptions(config.place, clock), logger });
    } catch (error) {
      if (!(error instanceof SeenStoreOpenError) || config.place.url === undefined) throw error;
      await clock.sleep(POLL_MS, stopping.signal);
    }
  }
}

type ChaosDelivery = Delivery<ChaosItem, { readonly summary: string }>;

async function deliver(): Promise<void> {
  const { signal } = stopping;
  await using stack = new AsyncDisposableStack();
  const store = await openStore();
  stack.defer(() => store.close());
  const rest = openRest(config);
  const delivery = new Delivery({
    feed,
    rest,
    clock,
    logger,
    store: design.wrap(store),
    options: { ...options, onStoreError: config.onStoreError },
  });
  telemetry.item.subscribe(({ step, id }) => {
    if (step === 'claimed') notify<Notice>({ event: 'claimed', incarnation: config.incarnation, id });
    if (step === 'settled') notify<Notice>({ event: 'left', incarnation: config.incarnation, id });
    if (step !== 'retried' && step !== 'failed') crashPoints.reach(step, id);
  });
  addCrashPoints(rest, crashPoints, config, design, clock);
  notify<Notice>({ event: 'ready', thread: config.thread, incarnation: config.incarnation });
  // Node writes it when a process ends by itself, which clients seldom do.
  flushCompileCache();
  if (config.place.url !== undefined && config.thread === POLLER) await pollFeed(delivery, design.wrap(store), signal);
  else await readMirror(delivery, signal);
}

/** Polls the source while this client leads. */
async function pollFeed(delivery: ChaosDelivery, store: SeenStore, signal: AbortSignal): Promise<void> {
  const poll = async (term: Term | undefined, led: AbortSignal): Promise<void> => {
    const items = (await ask('/feed', led, { [TERM_HEADER]: String(term?.number) })) as ChaosItem[];
    await delivery.run({ items, complete: true }, led);
  };
  const leadClock = fastClock(config.startedAt, clockError, LEAD_SPEED);
  const { onStoreError } = config;
  const how = { feed: feed.name, store, clock: leadClock, logger, onStoreError, everyMs: POLL_MS, signal };
  await pollAsLeader(poll, how);
}

/** Takes items from where everybody may have them at any time, so that clients compete for them. */
async function readMirror(delivery: ChaosDelivery, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const items = (await ask('/mirror', signal)) as ChaosItem[];
    await delivery.run({ items, complete: true }, signal);
    await clock.sleep(POLL_MS * (0.5 + Math.random()), signal);
  }
}

parentPort?.on('message', (order: ThreadOrder) => {
  if (order.do === 'stop') stopping.abort();
  if (order.do === 'arm') crashPoints.arm(order.armed);
});

try {
  await deliver();
} catch (error) {
  if (!stopping.signal.aborted) throw error;
}
parentPort?.close();
