import { renameSync, writeFileSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';

/**
 * Keeps a copy of a SQLite database as it is now, whoever has it open.
 *
 * @returns A function that puts the copy in the place of the file, which then lacks whatever was written since: like a
 *   server that takes over, and had not received it.
 */
export function keepCopy(path: string): () => void {
  const db = new BetterSqlite3(path, { readonly: true });
  const copy = `${path}.kept-${process.hrtime.bigint()}`;
  writeFileSync(copy, db.serialize());
  db.close();
  return () => renameSync(copy, path);
}
