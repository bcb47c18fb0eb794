import type { Client } from 'discord.js';
import type * as Prometheus from 'prom-client';

import type { Cycle } from '../../store/contract/cycles.ts';
import type { SeenStore } from '../../store/contract/seen-store.ts';
import { telemetry, type ItemEvent } from '../../store/telemetry.ts';
import { measureStore } from './measure-store.ts';

/** The steps of an item that are counted one by one; the others are in the counts of the cycles. */
const counted: readonly ItemEvent['step'][] = ['claimed', 'retried', 'failed'];

/** The counts of a cycle that `seen_items_total` splits its items by. */
const outcomes = ['skipped', 'enriched', 'posted', 'marked', 'failed', 'held'] as const satisfies (keyof Cycle)[];

/** Where and for how long metrics are collected. */
interface Collection {
  readonly prometheus: typeof Prometheus;
  readonly registers: Prometheus.Registry[];
  /** Aborts when the counting ends. */
  readonly until: AbortSignal;
}

/** Fills a new registry from the client's events and the telemetry channels, and from the store at each scrape. */
export function collectMetrics(
  prometheus: typeof Prometheus,
  client: Client,
  store: SeenStore,
  until: AbortSignal,
): Prometheus.Registry {
  const registry = new prometheus.Registry();
  const collection: Collection = { prometheus, registers: [registry], until };
  countCycles(collection, client);
  countItems(collection);
  countSpending(collection);
  watchWrites(collection);
  measureStore(collection, store);
  return prometheus.Registry.merge([defaultsOf(prometheus), registry]);
}

let defaults: Prometheus.Registry | undefined;

/**
 * Collects the process's own metrics, the event loop's delay among them. Collecting them cannot be ended, so it is done
 * once in a process.
 */
function defaultsOf(prometheus: typeof Prometheus): Prometheus.Registry {
  if (defaults !== undefined) return defaults;
  defaults = new prometheus.Registry();
  prometheus.collectDefaultMetrics({ register: defaults });
  return defaults;
}

function countCycles({ prometheus, registers, until }: Collection, client: Client): void {
  const seen = new prometheus.Counter({
    name: 'seen_feed_items_total',
    help: 'Items that the batches of the feeds listed.',
    labelNames: ['feed'],
    registers,
  });
  const items = new prometheus.Counter({
    name: 'seen_items_total',
    help: 'Items of the feeds, by their outcome in a cycle.',
    labelNames: ['feed', 'outcome'],
    registers,
  });
  const duration = new prometheus.Histogram({
    name: 'seen_cycle_duration_seconds',
    help: 'Time from a batch to the end of its last post.',
    labelNames: ['feed'],
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900],
    registers,
  });
  const count = (cycle: Cycle): void => {
    const { feed } = cycle;
    seen.inc({ feed }, cycle.total);
    for (const outcome of outcomes) items.inc({ feed, outcome }, cycle[outcome]);
    duration.observe({ feed }, (cycle.finishedAt.getTime() - cycle.startedAt.getTime()) / 1000);
  };
  client.on('seenCycle', count);
  until.addEventListener('abort', () => client.off('seenCycle', count), { once: true });
}

function countItems({ prometheus, registers, until }: Collection): void {
  const steps = new prometheus.Counter({
    name: 'seen_item_steps_total',
    help: 'Claims, retries and dead letters.',
    labelNames: ['feed', 'step'],
    registers,
  });
  const enrichment = new prometheus.Histogram({
    name: 'seen_enrichment_duration_seconds',
    help: 'Time of one enrichment, an LLM call for example.',
    labelNames: ['feed', 'ok'],
    buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60],
    registers,
  });
  telemetry.item.subscribe(({ feed, step }) => {
    if (counted.includes(step)) steps.inc({ feed, step });
  }, until);
  telemetry.enrichment.subscribe(
    ({ feed, ok, durationMs }) => enrichment.observe({ feed, ok: String(ok) }, durationMs / 1000),
    until,
  );
}

function countSpending({ prometheus, registers, until }: Collection): void {
  const labelNames = ['feed'];
  const requests = new prometheus.Counter({
    name: 'seen_enrichment_requests_total',
    help: 'Requests that enrichment has cost.',
    labelNames,
    registers,
  });
  const tokens = new prometheus.Counter({
    name: 'seen_enrichment_tokens_total',
    help: 'Tokens that enrichment has cost, of prompts and answers.',
    labelNames,
    registers,
  });
  telemetry.spending.subscribe((spent) => {
    const { feed } = spent;
    requests.inc({ feed }, spent.requests);
    tokens.inc({ feed }, spent.tokens);
  }, until);
}

function watchWrites({ prometheus, registers, until }: Collection): void {
  const pending = new prometheus.Gauge({
    name: 'seen_write_queue_depth',
    help: 'Writes that were requested and have not completed yet.',
    registers,
  });
  const lockWait = new prometheus.Histogram({
    name: 'seen_lock_wait_seconds',
    help: 'Time that a transaction waited for the lock of another process or thread.',
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 30],
    registers,
  });
  const purged = new prometheus.Counter({
    name: 'seen_purged_ids_total',
    help: 'Ids that purges removed.',
    registers,
  });
  telemetry.write.subscribe((event) => pending.set(event.pending), until);
  telemetry.lockWait.subscribe(({ waitedMs }) => lockWait.observe(waitedMs / 1000), until);
  telemetry.purge.subscribe(({ deleted }) => purged.inc(deleted), until);
}
