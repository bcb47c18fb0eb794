import type { Cycle, Cycles } from '../contract/cycles.ts';
import { SeenInputError } from '../errors.ts';
import type { CycleRow } from '../rows.ts';
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
      context.requireOpen('cycles.isFirst');
      const { isRecovered, hasCycles, othersHaveCycles, hasSeen } = await reads.feedHistory(feed);
      return !isRecovered && !hasCycles && (!hasSeen || othersHaveCycles);
    },

    async seenShare(feed) {
      context.requireOpen('cycles.seenShare');
      return reads.skippedShare(feed, context.now() - DAY_MS);
    },
  };
}

/** An empty list proves nothing: a source that is down often gives one. */
function isLook({ complete = true, total }: Cycle): boolean {
  return complete && total > 0;
}

/** @throws {SeenInputError} for a cycle that names no feed or whose times are none. */
function toRow({ complete: _complete, startedAt, finishedAt, ...cycle }: Cycle): CycleRow {
  if (cycle.feed === '') throw new SeenInputError('feed is empty. Name the feed of the cycle.');
  return { ...cycle, startedAt: timeOf('startedAt', startedAt), finishedAt: timeOf('finishedAt', finishedAt) };
}

function timeOf(name: string, date: Date): number {
  const time = date.getTime();
  if (!Number.isNaN(time)) return time;
  throw new SeenInputError(`${name} is not a valid date.`);
}

export function toCycle(row: CycleRow): Cycle {
  return { ...row, startedAt: new Date(row.startedAt), finishedAt: new Date(row.finishedAt) };
}
