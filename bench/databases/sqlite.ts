import { copyFileSync, constants } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { openSeenStore } from 'sapphire-plugin-seen/store';

import { idSql } from './ids.ts';

/** Half of the rows are older than this, in Unix seconds: what a purge removes. */
export const CUT = 1_700_000_000;

/** Long enough for nothing in a bench to expire by itself. */
export const NEVER_DAYS = 36_500;

/** Makes a database of ours with so many rows. It takes about four seconds a million. */
export async function buildDatabase(path: string, rows: number): Promise<void> {
  const store = await openSeenStore({ path, ttlDays: NEVER_DAYS });
  await store.close();
  const db = new BetterSqlite3(path);
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -1500000');
  fill(db, rows, idSql);
  db.pragma('journal_mode = WAL');
  db.close();
}

/** One statement: the ids are made in SQL, since ten million that JavaScript hands over take minutes. */
export function fill(db: BetterSqlite3.Database, rows: number, id: string): void {
  db.exec(`
    WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${rows - 1})
    INSERT INTO seen (id, ts)
    SELECT ${id}, ${CUT} + iif(n * 2654435761 >> 16 & 1, 1, -1) * (1 + n % 10000000) FROM numbers`);
}

/** A copy that a case may write to. */
export function copyOf(path: string, folder: string, name: string): string {
  const copy = join(folder, `${name}.sqlite`);
  copyFileSync(path, copy, constants.COPYFILE_FICLONE);
  return copy;
}
