import type { Database } from 'better-sqlite3';

import { nextTurn } from '../turns.ts';

/**
 * A range of keys, as the bytes that they are stored in. Another program may have stored bytes that are no valid text:
 * read as a string, such a key would become another one, and a walk that went on from there would never end.
 */
export interface KeyRange {
  /** First key of the range; null for the rows without a key, which only tables of other programs have. */
  readonly from: Buffer | null;
  /** First key after the range; null for the end of all keys. */
  readonly to: Buffer | null;
}

/** SQLite sorts every text before every blob, so no key that is text reaches this one. */
const END_OF_KEYS = "x''";

/** The empty text, which sorts before all others. */
const FIRST_KEY = Buffer.alloc(0);

export function isLast({ to }: KeyRange): boolean {
  return to === null;
}

type WalkedTable = 'seen' | 'seen_item';

/**
 * Prepares a statement for any range of a walk. It binds the range as `@from` and `@to`.
 *
 * @param prepare Called with the SQL condition that a row is in the range.
 */
export function prepareForRanges<T>(table: WalkedTable, prepare: (isInRange: string) => T): (range: KeyRange) => T {
  const id = `${table}.id`;
  const withKey = prepare(`${id} >= CAST(@from AS TEXT) AND ${id} < coalesce(CAST(@to AS TEXT), ${END_OF_KEYS})`);
  const withoutKey = prepare(`${id} IS NULL`);
  return ({ from }) => (from === null ? withoutKey : withKey);
}

/** Finds the first key of the next range; null when no key is left that is text. */
export type KeyAfter = (from: Buffer) => Buffer | null;

/** Prepares the step of a walk over a table in ranges of at most `rows` rows. */
export function prepareKeyAfter(db: Database, table: WalkedTable, rows: number): KeyAfter {
  const statement = db
    .prepare<[from: Buffer], Buffer | null>(
      `SELECT iif(typeof(id) = 'text', CAST(id AS BLOB), NULL) FROM ${table}
       WHERE id >= CAST(? AS TEXT) ORDER BY id LIMIT 1 OFFSET ${rows}`,
    )
    .pluck();
  return (from) => statement.get(from) ?? null;
}

/**
 * Walks over all rows in ranges, in key order, until the signal aborts. The event loop runs between two ranges.
 *
 * One statement over the whole table would block everything for seconds at ten million rows, and an index on ts would
 * double the file.
 */
export async function* walkKeys(keyAfter: KeyAfter, signal?: AbortSignal): AsyncGenerator<KeyRange> {
  let range: KeyRange | undefined = { from: null, to: FIRST_KEY };
  while (range !== undefined) {
    if (signal?.aborted === true) return;
    yield range;
    await nextTurn();
    range = rangeAfter(range, keyAfter);
  }
}

function rangeAfter({ to }: KeyRange, keyAfter: KeyAfter): KeyRange | undefined {
  return to === null ? undefined : { from: to, to: keyAfter(to) };
}
