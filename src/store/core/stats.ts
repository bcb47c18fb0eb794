import type { SeenStats, SeenStore } from '../contract/seen-store.ts';
import type { ReadContext, StoreContext } from './context.ts';
import { periodSince, toCycle } from './cycles.ts';
import { spendingOfFeeds } from './spending.ts';

/** The time of the largest valid `Date`, in milliseconds. */
const LARGEST_DATE = 8.64e15;

/** Sums up the store and its feeds, in numbers. */
export function stats(context: StoreContext): Pick<SeenStore, 'sizes' | 'stats'> {
  const { backend } = context;
  return {
    sizes: () => backend.sizes(),

    async stats() {
      context.requireOpen('stats');
      return collectStats(context);
    },
  };
}

export async function collectStats(context: ReadContext): Promise<SeenStats> {
  const { backend } = context;
  const { name, location, reads } = backend;
  const { rows, oldest, newest } = await reads.summary();
  const today = periodSince(context, startOfDay(context.now()));
  const lastCycle = await reads.lastCycle(today.until);
  return {
    backend: name,
    location,
    rows,
    oldest: fromSeconds(oldest),
    newest: fromSeconds(newest),
    ...(await backend.sizes()),
    ttlDays: context.options.ttlDays,
    today: await reads.cycleTotals(today),
    lastCycle: lastCycle === undefined ? null : toCycle(lastCycle),
    ledger: await reads.countItems(),
    spending: await spendingOfFeeds(context),
  };
}

/** A time that is too large for a date was stored in another unit, or means "never": the largest date stands for it. */
function fromSeconds(seconds: number | null): Date | null {
  return seconds === null ? null : new Date(Math.max(-LARGEST_DATE, Math.min(seconds * 1000, LARGEST_DATE)));
}

/** The last midnight UTC. */
function startOfDay(now: number): number {
  return new Date(now).setUTCHours(0, 0, 0, 0);
}
