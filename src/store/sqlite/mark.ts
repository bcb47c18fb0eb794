import type { Database, Statement } from 'better-sqlite3';

/** Marks a JSON array of ids, none of which is there twice. */
export function prepareMark(db: Database): Statement<[ts: number, ids: string]> {
  return db.prepare(
    `INSERT INTO seen (id, ts) SELECT atom, ? FROM json_each(?) WHERE true
     ON CONFLICT (id) DO UPDATE SET ts = excluded.ts`,
  );
}
