import { statSync } from 'node:fs';

import type { Cycle } from '../cycle.ts';
import type { ResolvedSeenStoreOptions } from '../options.ts';
import type { SeenStats } from '../seen-store.ts';
import type { CycleRow, RangeSummary, Statements } from './statements.ts';

/** Puts together what `/seen stats` shows from the summaries of all key ranges. */
export function readStats(
  statements: Statements,
  ranges: readonly RangeSummary[],
  { path, ttlDays, clock }: ResolvedSeenStoreOptions,
): SeenStats {
  const last = statements.lastCycle.get();
  const today = statements.sumCycles.get(Math.floor(startOfDay(clock.now()) / 1000));
  const { rows, oldest, newest } = ranges.reduce(merge, emptyRange);
  return {
    backend: 'sqlite',
    location: path,
    rows,
    oldest: toDate(oldest),
    newest: toDate(newest),
    fileBytes: sizeOf(path),
    walBytes: sizeOf(`${path}-wal`),
    ttlDays,
    today: today ?? { total: 0, skipped: 0, enriched: 0, posted: 0, marked: 0, failed: 0 },
    lastCycle: last === undefined ? null : toCycle(last),
  };
}

/** The columns of `insertCycle`, in order. */
export function cycleParameters(cycle: Cycle): Parameters<Statements['insertCycle']['run']> {
  const { feed, startedAt, finishedAt, total, skipped, enriched, posted, marked, failed } = cycle;
  return [feed, toSeconds(startedAt), toSeconds(finishedAt), total, skipped, enriched, posted, marked, failed];
}

function toSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

export const emptyRange: RangeSummary = { rows: 0, oldest: null, newest: null };

function merge(one: RangeSummary, other: RangeSummary): RangeSummary {
  return {
    rows: one.rows + other.rows,
    oldest: pick(Math.min, one.oldest, other.oldest),
    newest: pick(Math.max, one.newest, other.newest),
  };
}

function pick(choose: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return choose(a, b);
}

function toCycle({ startedAt, finishedAt, ...counts }: CycleRow): Cycle {
  return { ...counts, startedAt: new Date(startedAt * 1000), finishedAt: new Date(finishedAt * 1000) };
}

function toDate(seconds: number | null): Date | null {
  return seconds === null ? null : new Date(seconds * 1000);
}

function startOfDay(now: number): number {
  return new Date(now).setUTCHours(0, 0, 0, 0);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
