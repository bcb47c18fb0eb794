import type { Cycle, Cycles } from '../contract/cycles.ts';
import type { CycleRow } from '../rows.ts';
import { DAY_MS, type StoreContext } from './context.ts';

/** The reach of the history of cycles: 30 days. */
const RETENTION_MS = 30 * DAY_MS;

/** The history of cycles. */
export function cycles(context: StoreContext): Cycles {
  const { reads, writes } = context.backend;

  return {
    async record(cycle) {
      context.requireOpen('cycles.record');
      const row = toRow(cycle);
      await writes.recordCycle(row, row.finishedAt - RETENTION_MS);
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

function toRow(cycle: Cycle): CycleRow {
  return { ...cycle, startedAt: cycle.startedAt.getTime(), finishedAt: cycle.finishedAt.getTime() };
}

export function toCycle(row: CycleRow): Cycle {
  return { ...row, startedAt: new Date(row.startedAt), finishedAt: new Date(row.finishedAt) };
}
