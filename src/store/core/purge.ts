import type { PurgeControl, PurgeOptions, PurgeResult, SeenStore } from '../contract/seen-store.ts';
import { telemetry } from '../telemetry.ts';
import { DAY_MS, type StoreContext } from './context.ts';
import { secondsOf, toSeconds } from './unix-seconds.ts';
import { cutOff, vouchedMs } from './watch.ts';
import { watchHistory } from './watch-history.ts';

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
  const before = olderThan === undefined ? undefined : secondsOf(olderThan);
  context.requireOpen('purge');
  if (control.signal?.aborted === true) return { deleted: 0, finished: false };
  if (before === undefined) return expire(context, await expiry(context), control);
  return published(await context.backend.writes.forget(before, control));
}

/**
 * Forgets the ids last marked before this moment. The ledger goes on knowing them.
 *
 * @param before Unix time in milliseconds.
 */
export async function expire(context: StoreContext, before: number, control: PurgeControl): Promise<PurgeResult> {
  if (!isAfterEpoch(before)) return published({ deleted: 0, finished: true });
  return published(await context.backend.writes.expire(toSeconds(before), control));
}

/** No mark is older than this: the backend needs not look for one. */
export function isAfterEpoch(moment: number): boolean {
  return moment > 0;
}

function published(result: PurgeResult): PurgeResult {
  telemetry.purge.publish({ deleted: result.deleted });
  return result;
}

/** The age is measured by the looks at the feeds; where no feed has had a cycle, somebody who asks means the clock. */
async function expiry(context: StoreContext): Promise<number> {
  const { ttlDays } = context.options;
  const ttl = ttlDays * DAY_MS;
  const history = await watchHistory(context);
  return history.feeds.length === 0 ? context.now() - ttl : cutOff(history, ttl, vouchedMs(ttlDays));
}
