// Reads without a pause. Arguments: the path, `store` or `iterator` for a foreign iterator that stays open, the rows.
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { openSeenStore } from 'sapphire-plugin-seen/store';

import { NEVER_DAYS } from '../databases/sqlite.ts';
import { feedBatches } from '../databases/ids.ts';
import { serve } from './serve.ts';

const [path = '', how = 'store', rows = '10000'] = process.argv.slice(2);

/** Time for which the iterator stays open. */
const OPEN_MS = 500;
/** Pause before the next iterator. */
const PAUSE_MS = 50;

async function readStore(): Promise<(stopped: AbortSignal) => Promise<number>> {
  const store = await openSeenStore({ path, ttlDays: NEVER_DAYS });
  const batches = feedBatches(100, Number(rows), { seed: process.pid });
  return async (stopped) => {
    let reads = 0;
    while (!stopped.aborted) {
      await store.filterUnseen(batches[(reads += 1) % batches.length] ?? []);
      if (reads % 1000 === 0) await store.countOlderThan(new Date(0));
      await nextTurn();
    }
    await store.close();
    return reads;
  };
}

async function iterate(): Promise<(stopped: AbortSignal) => Promise<number>> {
  const db = new BetterSqlite3(path, { readonly: true });
  const all = db.prepare('SELECT id FROM seen');
  return async (stopped) => {
    let reads = 0;
    while (!stopped.aborted) {
      const iterator = all.iterate();
      iterator.next();
      await delay(OPEN_MS);
      iterator.return?.();
      reads += 1;
      await delay(PAUSE_MS);
    }
    db.close();
    return reads;
  };
}

await serve(how === 'store' ? readStore : iterate);
