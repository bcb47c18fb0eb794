// A client: a worker thread that opens the store and delivers the feed until it is told to stop, or killed.
import { parentPort, workerData } from 'node:worker_threads';

import type { Feed } from '../../src/feed/feed.ts';
import { Delivery } from '../../src/feed/pipeline.ts';
import { openSeenStore, telemetry, type SeenLogger } from '../../src/store/index.ts';
import { CrashPoints } from './crash-points.ts';
import { traits } from '../designs.ts';
import { BUSY_TIMEOUT_MS, ClockError, fastClock } from './fast-clock.ts';
import { notify } from '../notify.ts';
import { FROM_HEADER, type ChaosItem, type ClientConfig, type Notice, type Order } from './protocol.ts';
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
const clock = fastClock(config.startedAt, new ClockError(config.clockError));
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

async function ask(path: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(`${config.source}${path}`, { headers: { [FROM_HEADER]: config.incarnation }, signal });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

const options = {
  firstRun: 'post',
  maxAttempts: MAX_ATTEMPTS,
  leaseMs: LEASE_MS,
  enrichWithinMs: ENRICH_WITHIN_MS,
  orderWaitMs: design.orderWaitMs,
} as const;

async function deliver(): Promise<void> {
  const { signal } = stopping;
  await using stack = new AsyncDisposableStack();
  const store = await openSeenStore({ path: config.database, clock, logger, busyTimeoutMs: BUSY_TIMEOUT_MS });
  stack.defer(() => store.close());
  const rest = openRest(config);
  const delivery = new Delivery({
    feed,
    rest,
    clock,
    logger,
    store: design.wrap(store),
    options,
  });
  telemetry.item.subscribe(({ step, id }) => {
    if (step === 'claimed') notify<Notice>({ event: 'claimed', incarnation: config.incarnation, id });
    if (step !== 'retried' && step !== 'failed') crashPoints.reach(step, id);
  });
  addCrashPoints(rest, crashPoints, config, design, clock);
  notify<Notice>({ event: 'ready', thread: config.thread, incarnation: config.incarnation });
  while (!signal.aborted) {
    const items = (await ask('/feed', signal)) as ChaosItem[];
    await delivery.run({ items, complete: true }, signal);
    await clock.sleep(POLL_MS * (0.5 + Math.random()), signal);
  }
}

parentPort?.on('message', (order: Order) => {
  if (order.do === 'stop') stopping.abort();
  if (order.do === 'arm') crashPoints.arm(order.crash);
});

try {
  await deliver();
} catch (error) {
  if (!stopping.signal.aborted) throw error;
}
parentPort?.close();
