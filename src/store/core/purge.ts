import { sleepUnlessAborted } from '../clock.ts';
import type { PurgeOptions, PurgeResult, SeenStore } from '../contract/seen-store.ts';
import { telemetry } from '../telemetry.ts';
import { DAY_MS, type StoreContext } from './context.ts';
import { secondsOf, toSeconds } from './unix-seconds.ts';

/** The time that the ledger keeps an item that ended: 30 days. */
const LEDGER_RETENTION_MS = 30 * DAY_MS;

/** Forgets ids, on demand and by age. */
export function purges(context: StoreContext): Pick<SeenStore, 'purge' | 'purgeExpired'> {
  return {
    purge: (options = {}) => purge(context, options),

    async purgeExpired({ signal, onProgress } = {}) {
      const { deleted } = await purge(context, { signal, onProgress });
      return deleted;
    },
  };
}

async function purge(context: StoreContext, { olderThan, ...control }: PurgeOptions): Promise<PurgeResult> {
  const before = olderThan === undefined ? toSeconds(expiry(context)) : secondsOf(olderThan);
  context.requireOpen('purge');
  if (control.signal?.aborted === true) return { deleted: 0, finished: false };
  const { writes } = context.backend;
  const result = olderThan === undefined ? await writes.expire(before, control) : await writes.forget(before, control);
  telemetry.purge.publish({ deleted: result.deleted });
  return result;
}

/** The moment before which an id must have been marked to have expired, in Unix milliseconds. */
function expiry(context: StoreContext): number {
  return context.now() - context.options.ttlDays * DAY_MS;
}

/**
 * Forgets what has expired, now and every `purgeEveryMs`, until the store closes. It keeps no process alive, and writes
 * nothing while there is nothing to forget.
 */
export async function runMaintenance(context: StoreContext): Promise<void> {
  const { closing: signal } = context;
  const { clock, logger, purgeEveryMs } = context.options;
  while (!signal.aborted) {
    try {
      await purgeIfExpired(context);
      await dropOldItems(context);
    } catch (error) {
      if (!signal.aborted) logger.error('seen_store_purge_failed', { error });
    }
    await sleepUnlessAborted(clock, purgeEveryMs, signal, { ref: false });
  }
}

async function purgeIfExpired(context: StoreContext): Promise<void> {
  if (!(await context.backend.reads.hasOlderThan(toSeconds(expiry(context))))) return;
  const { deleted } = await purge(context, { signal: context.closing });
  context.options.logger.info('seen_store_purged', { deleted });
}

async function dropOldItems(context: StoreContext): Promise<void> {
  const { reads, writes } = context.backend;
  const before = context.now() - LEDGER_RETENTION_MS;
  if (await reads.hasItemsToDrop(before)) await writes.dropItems(before, { signal: context.closing });
}
