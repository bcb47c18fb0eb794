import { DatabaseSync } from 'node:sqlite';

import type { Peer } from './peer.ts';

/** Node's own SQLite, on the same file, with a SELECT for each id. */
export function openNodeSqlite(path: string): Peer {
  const db = new DatabaseSync(path, { readOnly: true });
  const statement = db.prepare('SELECT 1 FROM seen WHERE id = ?');
  return {
    filterUnseen: (ids) => ids.filter((id) => statement.get(id) === undefined),
    close: () => db.close(),
  };
}
