import type { WatchHistory } from '../rows.ts';
import type { StoreContext } from './context.ts';
import { vouchedMs } from './watch.ts';

const MINUTE_MS = 60_000;

/** Time after which a store that is open looks whether to note it, in milliseconds: six hours at most. */
export function noteInterval(ttlDays: number): number {
  return Math.max(vouchedMs(ttlDays) / 4, MINUTE_MS);
}

/**
 * Notes that the store is open, for as long as no feed has had a cycle, which would say more. The time in which no store
 * was open is a gap: nobody could mark or touch anything.
 *
 * @param isStart True when the store has just been opened. One that only reads, and is soon closed, then writes nothing.
 * @returns The history that ages are measured by.
 */
export async function noteWatch(context: StoreContext, isStart: boolean): Promise<WatchHistory> {
  const history = await context.backend.reads.watchHistory();
  if (history.feeds.length > 0) return history;
  const last = history.store.at(-1)?.until;
  return last === undefined ? beginWatch(context, history, isStart) : goOn(context, history, last);
}

/** Several stores on one database note it once. */
async function goOn(context: StoreContext, history: WatchHistory, last: number): Promise<WatchHistory> {
  const pause = context.now() - last;
  const isFresh = pause < noteInterval(context.options.ttlDays) / 2;
  return isFresh && pause > -reachOf(context) ? history : note(context, [context.now()]);
}

/** Nothing has been noted yet: the database is new, or an earlier program's. Its newest mark shows when somebody was there. */
async function beginWatch(context: StoreContext, history: WatchHistory, isStart: boolean): Promise<WatchHistory> {
  const { newest } = await context.backend.reads.summary();
  if (newest === null) return history;
  const now = context.now();
  const lastMark = Math.min(newest * 1000, now);
  if (isStart && now - lastMark <= reachOf(context)) return { store: [{ since: 0, until: now }], feeds: [] };
  return note(context, [lastMark, now]);
}

async function note(context: StoreContext, times: readonly number[]): Promise<WatchHistory> {
  await context.backend.writes.noteOpen(times.map(Math.floor), reachOf(context));
  return context.backend.reads.watchHistory();
}

/** Longest time between two notes of one stretch, in milliseconds. */
function reachOf({ options: { ttlDays } }: StoreContext): number {
  return Math.max(vouchedMs(ttlDays), 4 * noteInterval(ttlDays));
}
