import type { SeenStore } from '../contract/seen-store.ts';
import type { StoreContext } from './context.ts';
import { requireIds } from '../ids.ts';
import { distinct } from '../turns.ts';
import { requireTimestamp, secondsOf, toSeconds } from './unix-seconds.ts';
import { vouchedMs } from './watch.ts';

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
        requireIds([id]);
        context.requireOpen('isSeen');
        return await reads.isSeen(id);
      } catch (error) {
        logger.error('is_seen_error', { id, error });
        return false;
      }
    },

    async filterUnseen(ids) {
      requireIds(ids);
      context.requireOpen('filterUnseen');
      return reads.unseen(ids);
    },

    async markSeen(idOrIds, ts = toSeconds(context.now())) {
      const ids = typeof idOrIds === 'string' ? [idOrIds] : idOrIds;
      try {
        requireIds(ids);
        requireTimestamp(ts);
        context.requireOpen('markSeen');
        if (ids.length > 0) await writes.markSeen(await distinct(ids), ts);
      } catch (error) {
        logger.error('mark_seen_error', { ids: Array.isArray(ids) ? ids.length : 0, error });
        throw error;
      }
    },

    async touch(ids) {
      requireIds(ids);
      context.requireOpen('touch');
      const now = toSeconds(context.now());
      const before = now - toSeconds(vouchedMs(options.ttlDays));
      const stale = await reads.stale(ids, before);
      if (stale.length > 0) await writes.touch(stale, now, before);
    },

    async countOlderThan(olderThan) {
      const before = secondsOf(olderThan);
      context.requireOpen('countOlderThan');
      return reads.countOlderThan(before);
    },
  };
}
