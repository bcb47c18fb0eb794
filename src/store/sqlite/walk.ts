import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';

/** SQLite sorts every blob behind every text, so no key reaches this one. */
const END_OF_KEYS = Buffer.alloc(0);

export interface KeyRange {
  /** First key of the range. */
  readonly from: string;
  /** First key behind the range: a key, or the end of all keys. */
  readonly to: string | typeof END_OF_KEYS;
}

/**
 * Walks over all keys of `seen` in ranges of at most `rows` rows, in key order, letting the event loop run between two,
 * until the signal aborts.
 *
 * One statement over the whole table would block everything for seconds at ten million rows, and an index on ts would
 * double the file.
 */
export async function* walkKeys(db: Database, rows: number, signal: AbortSignal): AsyncGenerator<KeyRange> {
  const keyAfter = db
    .prepare<[from: string, rows: number], string>('SELECT id FROM seen WHERE id >= ? ORDER BY id LIMIT 1 OFFSET ?')
    .pluck();
  let from: string | undefined = '';
  while (from !== undefined && !signal.aborted) {
    const next = keyAfter.get(from, rows);
    yield { from, to: next ?? END_OF_KEYS };
    from = next;
    await nextTurn();
  }
}
