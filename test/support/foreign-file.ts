import BetterSqlite3 from 'better-sqlite3';

import { openSeenStore, SeenStoreOpenError } from '../../src/store/index.ts';
import { newDatabasePath } from './database-file.ts';
import { RecordingLogger } from './recording-logger.ts';

/** A file that another program has made with this SQL. */
export function foreignFile(sql: string): string {
  const path = newDatabasePath();
  runAsAnother(path, sql);
  return path;
}

/** Runs SQL on a file as other programs do, most of which do not enforce foreign keys. */
export function runAsAnother(path: string, sql: string): void {
  const db = new BetterSqlite3(path);
  try {
    db.pragma('foreign_keys = OFF');
    db.exec(sql);
  } finally {
    db.close();
  }
}

/** The first column of what a query finds in a file. */
export function readAsAnother(path: string, query: string): unknown[] {
  const db = new BetterSqlite3(path, { readonly: true });
  try {
    return db.prepare(query).pluck().all();
  } finally {
    db.close();
  }
}

/** The error that a store is refused with. */
export async function openErrorOf(path: string): Promise<SeenStoreOpenError> {
  const outcome = await openSeenStore({ path, logger: new RecordingLogger() }).catch((error: unknown) => error);
  if (outcome instanceof SeenStoreOpenError) return outcome;
  throw new Error(`it was not refused at open: ${String(outcome)}`);
}

/** The SQL that an error asks its reader to run. */
export function remedyOf({ message }: SeenStoreOpenError): string {
  const sql = /run in "sqlite3[^\n]*\n(.*;)/s.exec(message)?.[1];
  if (sql === undefined) throw new Error(`there is nothing to run: ${message}`);
  return sql;
}
