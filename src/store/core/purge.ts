import type { PurgeControl, PurgeOptions, PurgeResult, SeenStore } from '../contract/seen-store.ts';
import { DAY_MS } from '../clock.ts';
import { telemetry } from '../telemetry.ts';
import { readArgument } from './arguments.ts';
import { CallerControl } from './caller-control.ts';
import type { StoreContext } from './context.ts';
import { secondsOf, toSeconds } from './unix-seconds.ts';
import { cutOff, vouchedMs } from './watch.ts';
import { watchHistory } from './watch-history.ts';

/** Forgets ids, on demand and by age. */
export function purges(context: StoreContext): Pick<SeenStore, 'purge' | 'purgeExpired'> {
  return {
    async purge(options = {}) {
      const terms = readArgument('options', () => readTerms(options));
      return purge(context, terms);
    },

    async purgeExpired(options = {}) {
      const control = readArgument('options', () => new CallerControl<number>(options));
      const { deleted } = await purge(context, { control });
      return deleted;
    },
  };
}

interface PurgeTerms {
  readonly control: CallerControl<number>;
  /** Unix time in seconds. Left out, the TTL decides. */
  readonly before?: number | undefined;
}

function readTerms(options: PurgeOptions): PurgeTerms {
  const control = new CallerControl<number>(options);
  const { olderThan } = options;
  return { control, before: olderThan === undefined ? undefined : secondsOf(olderThan) };
}

async function purge(context: StoreContext, { before, control }: PurgeTerms): Promise<PurgeResult> {
  context.requireOpen('purge');
  if (control.signal.aborted) return { deleted: 0, finished: false };
  const result = await (before === undefined
    ? expire(context, await expiry(context), control)
    : forget(context, before, control));
  control.throwIfFailed();
  return result;
}

/** @param before Unix time in seconds. */
async function forget(context: StoreContext, before: number, control: PurgeControl): Promise<PurgeResult> {
  return published(await context.backend.writes.forget(before, control));
}

/**
 * Forgets the ids last marked before this moment. The ledger goes on knowing them.
 *
 * @param before Unix time in milliseconds.
 */
export async function expire(context: StoreContext, before: number, control: PurgeControl): Promise<PurgeResult> {
  if (control.signal?.aborted === true) return { deleted: 0, finished: false };
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
