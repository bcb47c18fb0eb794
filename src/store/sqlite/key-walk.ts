import type { Database } from 'better-sqlite3';

import { nextTurn } from '../turns.ts';

/** SQLite sorts every blob after every text, so no key reaches this one. */
const END_OF_KEYS = Buffer.alloc(0);

export interface KeyRange {
  /** First key of the range. */
  readonly from: string;
  /** First key after the range: a key, or the end of all keys. */
  readonly to: string | typeof END_OF_KEYS;
}

export function isLast({ to }: KeyRange): boolean {
  return to === END_OF_KEYS;
}

/** The first key of the next range. */
export type KeyAfter = (from: string) => string | undefined;

/** Prepares the step of a walk over a table in ranges of at most `rows` rows. */
export function prepareKeyAfter(db: Database, table: 'seen' | 'seen_item', rows: number): KeyAfter {
  const statement = db
    .prepare<[from: string], string>(`SELECT id FROM ${table} WHERE id >= ? ORDER BY id LIMIT 1 OFFSET ${rows}`)
    .pluck();
  return (from) => statement.get(from);
}

/**
 * Walks over all keys in ranges, in key order, until the signal aborts. The event loop runs between two ranges.
 *
 * One statement over the whole table would block everything for seconds at ten million rows, and an index on ts would
 * double the file.
 */
export async function* walkKeys(keyAfter: KeyAfter, signal?: AbortSignal): AsyncGenerator<KeyRange> {
  let from: string | undefined = '';
  while (from !== undefined) {
    if (signal?.aborted === true) return;
    const next: string | undefined = keyAfter(from);
    yield { from, to: next ?? END_OF_KEYS };
    from = next;
    await nextTurn();
  }
}
