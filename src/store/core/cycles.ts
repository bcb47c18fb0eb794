import type { Period } from '../port/reads.ts';
import type { Cycle, CycleCounts, Cycles } from '../contract/cycles.ts';
import { DAY_MS } from '../clock.ts';
import { SeenInputError } from '../errors.ts';
import type { CycleRow } from '../rows.ts';
import { readArgument, requireDate, requireFlag, requireObject, requireText, requireWholeNumber } from './arguments.ts';
import type { ReadContext, StoreContext } from './context.ts';
import { vouchedMs } from './watch.ts';

/** The reach of the history of cycles, in days on which there were some. */
const KEEP_DAYS = 30;

/** The history of cycles. */
export function cycles(context: StoreContext): Cycles {
  const { reads, writes } = context.backend;

  return {
    async record(cycle) {
      const { row, isLook } = readArgument('cycle', () => readCycle(cycle));
      context.requireOpen('cycles.record');
      await writes.recordCycle(row, {
        keepDays: KEEP_DAYS,
        isLook,
        reachMs: vouchedMs(context.options.ttlDays),
      });
    },

    async isFirst(feed) {
      requireText('feed', feed);
      context.requireOpen('cycles.isFirst');
      const { isRecovered, hasCycles, othersHaveCycles, hasSeen, beganWithoutIds } = await reads.feedHistory(feed);
      return !isRecovered && !hasCycles && (!hasSeen || othersHaveCycles || beganWithoutIds);
    },

    async seenShare(feed, least = 1) {
      requireText('feed', feed);
      requireWholeNumber('least', least, 1);
      context.requireOpen('cycles.seenShare');
      return reads.skippedShare(feed, periodSince(context, context.now() - DAY_MS), least);
    },
  };
}

/**
 * The cycles since a moment. One that finished more than a day from now was recorded while the clock was ahead, and would
 * otherwise be the last one of all until the clock is there again.
 */
export function periodSince(context: ReadContext, since: number): Period {
  return { since, until: context.now() + DAY_MS };
}

/**
 * A cycle as it is stored. One that listed nothing is no look: a source that is down often gives an empty list.
 *
 * @throws {SeenInputError} naming the field that cannot be stored.
 */
function readCycle(cycle: Cycle): { readonly row: CycleRow; readonly isLook: boolean } {
  requireObject('cycle', cycle);
  const row = {
    ...countsOf(cycle),
    feed: requireFeed(cycle.feed),
    startedAt: requireDate('startedAt', cycle.startedAt),
    finishedAt: requireDate('finishedAt', cycle.finishedAt),
  };
  const isComplete = requireFlag('complete', cycle.complete) ?? true;
  return { row, isLook: isComplete && row.total > 0 };
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
