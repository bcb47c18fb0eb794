import { DAY_MS, sleepUnlessAborted } from '../clock.ts';
import type { WatchHistory } from '../rows.ts';
import type { StoreContext } from './context.ts';
import { noteInterval, noteWatch } from './watch-history.ts';
import { expire, isAfterEpoch } from './purge.ts';
import { LEDGER_RETENTION_MS, LOSS_RETENTION_MS } from './retention.ts';
import { toSeconds } from './unix-seconds.ts';
import { cutOff, vouchedMs } from './watch.ts';

/**
 * Forgets what has expired, now and every `purgeEveryMs`, until the store closes, and notes meanwhile that the store is
 * open. It keeps no process alive, and writes next to nothing while there is nothing to forget.
 */
export async function runMaintenance(context: StoreContext): Promise<void> {
  const { closing: signal } = context;
  const { clock, logger, purgeEveryMs, ttlDays } = context.options;
  let isStart = true;
  let untilPurge = 0;
  while (!signal.aborted) {
    try {
      const history = await noteWatch(context, isStart);
      if (untilPurge <= 0) await forgetOld(context, history);
    } catch (error) {
      if (!signal.aborted) logger.error('seen_store_purge_failed', { error });
    }
    isStart = false;
    if (untilPurge <= 0) untilPurge = purgeEveryMs;
    const pause = Math.min(untilPurge, noteInterval(ttlDays));
    await sleepUnlessAborted(clock, pause, signal, { ref: false });
    untilPurge -= pause;
  }
}

/** Forgets by the same watched time what is seen, what the ledger knows, and what was lost. */
async function forgetOld(context: StoreContext, history: WatchHistory): Promise<void> {
  const { ttlDays } = context.options;
  const vouched = vouchedMs(ttlDays);
  await purgeExpired(context, cutOff(history, ttlDays * DAY_MS, vouched));
  await dropOldItems(context, cutOff(history, LEDGER_RETENTION_MS, vouched));
  await dropOldLosses(context, cutOff(history, LOSS_RETENTION_MS, vouched));
}

async function purgeExpired(context: StoreContext, before: number): Promise<void> {
  if (!isAfterEpoch(before) || !(await context.backend.reads.hasOlderThan(toSeconds(before)))) return;
  const { deleted } = await expire(context, before, { signal: context.closing });
  context.options.logger.debug('seen_store_purged', { deleted });
}

async function dropOldItems(context: StoreContext, before: number): Promise<void> {
  const { reads, writes } = context.backend;
  if (!isAfterEpoch(before) || !(await reads.hasItemsToDrop(before))) return;
  await writes.dropItems(before, { signal: context.closing });
}

async function dropOldLosses(context: StoreContext, before: number): Promise<void> {
  const { reads, writes } = context.backend;
  if (isAfterEpoch(before) && (await reads.hasLossesToDrop(before))) await writes.dropLosses(before);
}
