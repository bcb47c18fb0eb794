import { types } from 'node:util';

import type { SeenStore } from '../contract/seen-store.ts';
import { requireId, requireIds } from '../ids.ts';
import { distinct, partsOf } from '../turns.ts';
import { readArgument } from './arguments.ts';
import type { StoreContext } from './context.ts';
import { requireTimestamp, secondsOf, toSeconds } from './unix-seconds.ts';
import { vouchedMs } from './watch.ts';

/**
 * Ids that the backend is given at once, at most: no statement may stall the event loop, or meet its time limit. An
 * ordinary batch is one part.
 */
const PART_SIZE = 10_000;

/** Remembers ids, and tells which have been seen. */
export function seenIds(
  context: StoreContext,
): Pick<SeenStore, 'isSeen' | 'filterUnseen' | 'markSeen' | 'touch' | 'countOlderThan'> {
  const { backend, options } = context;
  const { reads, writes } = backend;
  const { logger } = options;

  return {
    async isSeen(id) {
      try {
        requireId(id, 0);
        context.requireOpen('isSeen');
        return await reads.isSeen(id);
      } catch (error) {
        logger.error('is_seen_error', { id, error });
        return false;
      }
    },

    async filterUnseen(ids) {
      const wanted = readIds(ids);
      context.requireOpen('filterUnseen');
      const unseen: string[] = [];
      for (const part of partsOf(await distinct(wanted), PART_SIZE)) unseen.push(...(await reads.unseen(part)));
      return unseen;
    },

    async markSeen(idOrIds, ts = toSeconds(context.now())) {
      try {
        const ids = readIds(typeof idOrIds === 'string' ? [idOrIds] : idOrIds);
        requireTimestamp(ts);
        context.requireOpen('markSeen');
        for (const part of partsOf(await distinct(ids), PART_SIZE)) await writes.markSeen(part, ts);
      } catch (error) {
        logger.error('mark_seen_error', { ids: lengthOf(idOrIds), error });
        throw error;
      }
    },

    async touch(ids) {
      const wanted = readIds(ids);
      context.requireOpen('touch');
      const now = toSeconds(context.now());
      const before = now - toSeconds(vouchedMs(options.ttlDays));
      for (const part of partsOf(wanted, PART_SIZE)) {
        const stale = await reads.stale(part, before);
        if (stale.length > 0) await writes.touch(stale, now, before);
      }
    },

    async countOlderThan(olderThan) {
      const before = secondsOf(olderThan);
      context.requireOpen('countOlderThan');
      return reads.countOlderThan(before);
    },
  };
}

function readIds(ids: unknown): string[] {
  return readArgument('ids', () => requireIds(ids));
}

/** The number of ids, of a list that may be anything. */
function lengthOf(idOrIds: unknown): number {
  if (typeof idOrIds === 'string') return 1;
  return !types.isProxy(idOrIds) && Array.isArray(idOrIds) ? idOrIds.length : 0;
}
