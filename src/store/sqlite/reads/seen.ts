import type { Database } from 'better-sqlite3';

import type { SeenReads } from '../../backend.ts';
import type { SeenSummary } from '../../rows.ts';
import type { Operation } from '../../operations.ts';
import { prepareKeyAfter, walkKeys, type KeyAfter, type KeyRange } from '../key-walk.ts';
import { readInChunks } from './chunks.ts';
import type { ReadConnection } from './connection.ts';

/** Rows that a count looks at in one go, before the event loop runs again. */
const WALK_CHUNK = 2_000;

/** The reads of the table `seen`. */
export function seenReads(connection: ReadConnection): SeenReads {
  const statements = connection.statements(prepare);
  /** A closed store ends a walk with an error: half a count would pass for a whole one. */
  const walk = (operation: Operation): AsyncGenerator<KeyRange> => {
    const keyAfter: KeyAfter = (from) => connection.read(operation, () => statements().keyAfter(from));
    return walkKeys(keyAfter);
  };

  return {
    isSeen: (id) => connection.read('isSeen', () => statements().isSeen.get(id) !== undefined),

    unseen: (ids) => readInChunks(connection, 'filterUnseen', ids, (chunk) => statements().unseen.all(chunk)),

    stale: (ids, before) => readInChunks(connection, 'touch', ids, (chunk) => statements().stale.all(chunk, before)),

    async countOlderThan(before) {
      let count = 0;
      for await (const { from, to } of walk('countOlderThan')) {
        count += connection.read('countOlderThan', () => statements().countOlder.get(from, to, before) ?? 0);
      }
      return count;
    },

    async hasOlderThan(before) {
      for await (const { from, to } of walk('purgeExpired')) {
        if (connection.read('purgeExpired', () => statements().hasOlder.get(from, to, before)) === 1) return true;
      }
      return false;
    },

    async summary() {
      let summary: SeenSummary = { rows: 0, oldest: null, newest: null };
      for await (const { from, to } of walk('stats')) {
        const range = connection.read('stats', () => statements().summarize.get(from, to));
        if (range !== undefined) summary = merge(summary, range);
      }
      return summary;
    },
  };
}

function prepare(db: Database) {
  return {
    keyAfter: prepareKeyAfter(db, 'seen', WALK_CHUNK),
    isSeen: db.prepare<[id: string], number>('SELECT 1 FROM seen WHERE id = ?').pluck(),
    unseen: db
      .prepare<[ids: string], string>(
        // Not NOT EXISTS, which would begin a subquery for every id.
        'SELECT atom FROM json_each(?) LEFT JOIN seen ON seen.id = atom WHERE seen.id IS NULL',
      )
      .pluck(),
    stale: db
      .prepare<[ids: string, before: number], string>(
        'SELECT seen.id FROM json_each(?) JOIN seen ON seen.id = value WHERE ts < ?',
      )
      .pluck(),
    countOlder: db
      .prepare<[from: string, to: unknown, ts: number], number>(
        'SELECT count(*) FROM seen WHERE id >= ? AND id < ? AND ts < ?',
      )
      .pluck(),
    hasOlder: db
      .prepare<[from: string, to: unknown, ts: number], number>(
        'SELECT EXISTS (SELECT 1 FROM seen WHERE id >= ? AND id < ? AND ts < ?)',
      )
      .pluck(),
    summarize: db.prepare<[from: string, to: unknown], SeenSummary>(
      'SELECT count(*) AS rows, min(ts) AS oldest, max(ts) AS newest FROM seen WHERE id >= ? AND id < ?',
    ),
  };
}

function merge(one: SeenSummary, other: SeenSummary): SeenSummary {
  return {
    rows: one.rows + other.rows,
    oldest: pick(Math.min, one.oldest, other.oldest),
    newest: pick(Math.max, one.newest, other.newest),
  };
}

function pick(choose: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return choose(a, b);
}
