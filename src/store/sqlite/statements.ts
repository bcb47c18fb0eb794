import type { Database, Statement } from 'better-sqlite3';

/** A column of the last row that no text reaches: SQLite sorts every blob behind every text. */
export const END_OF_KEYS = Buffer.alloc(0);

export type Key = string | typeof END_OF_KEYS;

export interface RangeSummary {
  readonly rows: number;
  readonly oldest: number | null;
  readonly newest: number | null;
}

export interface Statements {
  readonly isSeen: Statement<[id: string], number>;
  readonly filterUnseen: Statement<[ids: string], string>;
  readonly markSeen: Statement<[ts: number, ids: string]>;
  readonly keyAfter: Statement<[from: string, rows: number], string>;
  readonly summarize: Statement<[from: string, to: Key], RangeSummary>;
  readonly countOlder: Statement<[from: string, to: Key, ts: number], number>;
  readonly deleteOlder: Statement<[from: string, to: Key, ts: number]>;
  readonly staleOf: Statement<[ids: string, ts: number], string>;
}

/** The statements on the table `seen`, prepared once a connection. */
export function prepareStatements(db: Database): Statements {
  return {
    isSeen: db.prepare<[string], number>('SELECT 1 FROM seen WHERE id = ?').pluck(),
    filterUnseen: db
      .prepare<[string], string>(
        'SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM seen WHERE id = value)',
      )
      .pluck(),
    markSeen: db.prepare(
      'INSERT INTO seen (id, ts) SELECT value, ? FROM json_each(?) WHERE true ' +
        'ON CONFLICT (id) DO UPDATE SET ts = excluded.ts',
    ),
    keyAfter: db
      .prepare<[string, number], string>('SELECT id FROM seen WHERE id >= ? ORDER BY id LIMIT 1 OFFSET ?')
      .pluck(),
    summarize: db.prepare(
      'SELECT count(*) AS rows, min(ts) AS oldest, max(ts) AS newest FROM seen WHERE id >= ? AND id < ?',
    ),
    countOlder: db
      .prepare<[string, Key, number], number>('SELECT count(*) FROM seen WHERE id >= ? AND id < ? AND ts < ?')
      .pluck(),
    deleteOlder: db.prepare('DELETE FROM seen WHERE id >= ? AND id < ? AND ts < ?'),
    staleOf: db
      .prepare<[string, number], string>('SELECT seen.id FROM json_each(?) JOIN seen ON seen.id = value WHERE ts < ?')
      .pluck(),
  };
}
