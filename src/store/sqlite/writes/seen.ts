import type { Database } from 'better-sqlite3';

import { walkKeys } from '../walk.ts';
import type { WriteContext } from './context.ts';

/** Rows that a purge looks at in one transaction: other writers waited 23 ms at most. */
const PURGE_CHUNK = 2_000;

/** The writes on the table `seen`. */
export function seenWrites({ db, transact, pause }: WriteContext) {
  const { mark, touch, deleteOlder } = prepare(db);
  return {
    /** @param ids A JSON array. @param ts Unix time in seconds. */
    markSeen: (ids: string, ts: number): Promise<void> => transact(() => void mark.run(ts, ids)),

    /** Refreshes those of the ids that are there and older than `before`. @param ids A JSON array. */
    touch: (ids: string, ts: number, before: number): Promise<void> => transact(() => void touch.run(ts, ids, before)),

    /** Deletes the rows marked before the Unix time `before`, in seconds, and returns how many they were. */
    purge: async (before: number, signal: AbortSignal): Promise<number> => {
      let deleted = 0;
      for await (const { from, to } of walkKeys(db, PURGE_CHUNK, signal)) {
        const { changes } = await transact(() => deleteOlder.run(from, to, before));
        deleted += changes;
        if (changes > 0) await pause();
      }
      return deleted;
    },
  };
}

function prepare(db: Database) {
  return {
    mark: db.prepare<[ts: number, ids: string]>(
      'INSERT INTO seen (id, ts) SELECT value, ? FROM json_each(?) WHERE true ' +
        'ON CONFLICT (id) DO UPDATE SET ts = excluded.ts',
    ),
    touch: db.prepare<[ts: number, ids: string, before: number]>(
      'UPDATE seen SET ts = ? WHERE id IN (SELECT value FROM json_each(?)) AND ts < ?',
    ),
    deleteOlder: db.prepare<[from: string, to: unknown, ts: number]>(
      'DELETE FROM seen WHERE id >= ? AND id < ? AND ts < ?',
    ),
  };
}
