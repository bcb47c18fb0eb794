import type { Cycle, CycleCounts, Cycles } from '../contract/cycles.ts';
import { SeenInputError } from '../errors.ts';
import type { CycleRow } from '../rows.ts';
import { requireDate, requireObject, requireText, requireWholeNumber } from './arguments.ts';
import { DAY_MS, type StoreContext } from './context.ts';
import { vouchedMs } from './watch.ts';

/** The reach of the history of cycles: 30 days. */
const RETENTION_MS = 30 * DAY_MS;

/** The history of cycles. */
export function cycles(context: StoreContext): Cycles {
  const { reads, writes } = context.backend;

  return {
    async record(cycle) {
      const row = toRow(cycle);
      context.requireOpen('cycles.record');
      await writes.recordCycle(row, {
        dropBefore: row.finishedAt - RETENTION_MS,
        isLook: isLook(cycle),
        reachMs: vouchedMs(context.options.ttlDays),
      });
    },

    async isFirst(feed) {
      requireText('feed', feed);
      context.requireOpen('cycles.isFirst');
      const { isRecovered, hasCycles, othersHaveCycles, hasSeen } = await reads.feedHistory(feed);
      return !isRecovered && !hasCycles && (!hasSeen || othersHaveCycles);
    },

    async seenShare(feed) {
      requireText('feed', feed);
      context.requireOpen('cycles.seenShare');
      return reads.skippedShare(feed, context.now() - DAY_MS);
    },
  };
}

/** An empty list proves nothing: a source that is down often gives one. */
function isLook({ complete = true, total }: Cycle): boolean {
  return complete && total > 0;
}

/** @throws {SeenInputError} naming the field that cannot be stored. */
function toRow(cycle: Cycle): CycleRow {
  requireObject('cycle', cycle);
  return {
    ...countsOf(cycle),
    feed: requireFeed(cycle.feed),
    startedAt: requireDate('startedAt', cycle.startedAt),
    finishedAt: requireDate('finishedAt', cycle.finishedAt),
  };
}

/** The empty name stands for the store itself, among those that are watched. */
function requireFeed(feed: unknown): string {
  if (feed === '') throw new SeenInputError('feed is empty. Name the feed of the cycle.');
  return requireText('feed', feed);
}

function countsOf(cycle: Cycle): CycleCounts {
  const { total, skipped, enriched, posted, marked, failed, held } = cycle;
  const counts = { total, skipped, enriched, posted, marked, failed, held };
  for (const [name, count] of Object.entries(counts)) requireWholeNumber(name, count, 0);
  return counts;
}

export function toCycle(row: CycleRow): Cycle {
  return { ...row, startedAt: new Date(row.startedAt), finishedAt: new Date(row.finishedAt) };
}
