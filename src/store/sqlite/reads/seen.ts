import type { Database } from 'better-sqlite3';

import type { SeenReads } from '../../port/reads.ts';
import type { SeenSummary } from '../../rows.ts';
import type { Operation } from '../../operations.ts';
import { prepareForRanges, prepareKeyAfter, walkKeys, type KeyAfter, type KeyRange } from '../key-walk.ts';
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
  const summarize = async (operation: Operation): Promise<SeenSummary> => {
    let summary: SeenSummary = { rows: 0, oldest: null, newest: null };
    for await (const range of walk(operation)) {
      const part = connection.read(operation, () => statements().summarize(range).get(range));
      if (part !== undefined) summary = merge(summary, part);
    }
    return summary;
  };

  return {
    isSeen: (id) => connection.read('isSeen', () => statements().isSeen.get(id) !== undefined),

    unseen: (ids) => readInChunks(connection, 'filterUnseen', ids, (chunk) => statements().unseen.all(chunk)),

    stale: (ids, before) => readInChunks(connection, 'touch', ids, (chunk) => statements().stale.all(chunk, before)),

    async countOlderThan(before) {
      let count = 0;
      for await (const range of walk('countOlderThan')) {
        const older = { ...range, before };
        count += connection.read('countOlderThan', () => statements().countOlder(range).get(older) ?? 0);
      }
      return count;
    },

    async hasOlderThan(before) {
      for await (const range of walk('purgeExpired')) {
        const older = { ...range, before };
        if (connection.read('purgeExpired', () => statements().hasOlder(range).get(older)) === 1) return true;
      }
      return false;
    },

    summary: () => summarize('stats'),

    newestMark: async () => (await summarize('purgeExpired')).newest,
  };
}

interface OlderInRange extends KeyRange {
  readonly before: number;
}

/** Columns are qualified, because the table of another program may have further ones, of any name. */
function prepare(db: Database) {
  return {
    keyAfter: prepareKeyAfter(db, 'seen', WALK_CHUNK),
    isSeen: db.prepare<[id: string], number>('SELECT 1 FROM seen WHERE id = ?').pluck(),
    unseen: db
      .prepare<[ids: string], string>(
        // Not NOT EXISTS, which would begin a subquery for every id.
        'SELECT json_each.atom FROM json_each(?) LEFT JOIN seen ON seen.id = json_each.atom WHERE seen.id IS NULL',
      )
      .pluck(),
    stale: db
      .prepare<[ids: string, before: number], string>(
        'SELECT seen.id FROM json_each(?) JOIN seen ON seen.id = json_each.value WHERE seen.ts < ?',
      )
      .pluck(),
    countOlder: prepareForRanges('seen', (isInRange) =>
      db.prepare<[OlderInRange], number>(`SELECT count(*) FROM seen WHERE ${isInRange} AND ts < @before`).pluck(),
    ),
    hasOlder: prepareForRanges('seen', (isInRange) =>
      db
        .prepare<[OlderInRange], number>(`SELECT EXISTS (SELECT 1 FROM seen WHERE ${isInRange} AND ts < @before)`)
        .pluck(),
    ),
    // Another program may still write times as text, which sorts after all numbers and is no Unix time.
    summarize: prepareForRanges('seen', (isInRange) =>
      db.prepare<[KeyRange], SeenSummary>(
        `SELECT count(*) AS rows, min(ts) FILTER (WHERE ts < '') AS oldest, max(ts) FILTER (WHERE ts < '') AS newest
         FROM seen WHERE ${isInRange}`,
      ),
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
