import type { WatchHistory } from '../rows.ts';
import type { StoreContext } from './context.ts';
import { vouchedMs } from './watch.ts';

const MINUTE_MS = 60_000;

/** Time after which a store that is open looks whether to note it, in milliseconds: six hours at most. */
export function noteInterval(ttlDays: number): number {
  return Math.max(vouchedMs(ttlDays) / 4, MINUTE_MS);
}

/**
 * The history that ages are measured by.
 *
 * Looks that lie ahead of the clock are pulled back first, before anything is marked by a clock that has been set back: a
 * machine may start in 1970, and what it marks then is no older than the last look.
 */
export async function watchHistory(context: StoreContext): Promise<WatchHistory> {
  const history = await context.backend.reads.watchHistory();
  const limit = context.now() + reachOf(context);
  const all = [history.store, ...history.feeds.map(({ watches }) => watches)];
  return all.some((watches) => (watches.at(-1)?.until ?? 0) > limit) ? note(context, []) : history;
}

/**
 * Notes that the store is open, for as long as no feed has had a cycle, which would say more. The time in which no store
 * was open is a gap: nobody could mark or touch anything.
 *
 * @param isStart True when the store has just been opened. Where nothing has been noted yet and there is no gap, it then
 *   writes nothing: it may only want to read, and be closed soon.
 * @returns The history that ages are measured by.
 */
export async function noteWatch(context: StoreContext, isStart: boolean): Promise<WatchHistory> {
  const history = await watchHistory(context);
  if (history.feeds.length > 0) return history;
  const last = history.store.at(-1)?.until;
  if (last === undefined) return beginWatch(context, history, isStart);
  // Several stores on one database note it once.
  const isFresh = context.now() - last < noteInterval(context.options.ttlDays) / 2;
  return isFresh ? history : note(context, [context.now()]);
}

/**
 * Nothing has been noted yet: the database is new, or an earlier program's. Its newest mark shows when somebody was there;
 * a mark that lies ahead shows a clock that has been set back, under which what is marked now must not look old later.
 */
async function beginWatch(context: StoreContext, history: WatchHistory, isStart: boolean): Promise<WatchHistory> {
  const newest = await context.backend.reads.newestMark();
  if (newest === null) return history;
  const now = context.now();
  const lastMark = Math.min(newest * 1000, now);
  const isGap = Math.abs(now - newest * 1000) > reachOf(context);
  return isGap || !isStart
    ? note(context, [lastMark, now])
    : { store: [{ since: lastMark, until: now }], feeds: history.feeds };
}

async function note(context: StoreContext, times: readonly number[]): Promise<WatchHistory> {
  await context.backend.writes.noteOpen(times.map(Math.floor), reachOf(context));
  return context.backend.reads.watchHistory();
}

/** Longest time between two notes of one stretch, in milliseconds. */
function reachOf({ options: { ttlDays } }: StoreContext): number {
  return Math.max(vouchedMs(ttlDays), 4 * noteInterval(ttlDays));
}
