import type { Database } from 'better-sqlite3';

import type { PurgeResult } from '../../contract/seen-store.ts';
import { isLast, prepareKeyAfter, walkKeys, type KeyRange } from '../walk.ts';
import type { Task, WriteContext } from './context.ts';

/** Rows that a purge looks at in one transaction: other writers waited 23 ms at most. */
const PURGE_CHUNK = 2_000;

/** The writes on the table `seen`. */
export function seenWrites({ db, transact, pause }: WriteContext) {
  const { mark, touch, deleteOlder, deletePosts, deletePosted } = prepare(db);

  const keyAfter = prepareKeyAfter(db, PURGE_CHUNK);

  /** One short transaction a range, so that nobody waits for it. */
  const inRanges = async ({ signal, report }: Task, deleteIn: (range: KeyRange) => number): Promise<PurgeResult> => {
    let deleted = 0;
    let finished = false;
    for await (const range of walkKeys(keyAfter, signal)) {
      const changes = await transact(() => deleteIn(range));
      deleted += changes;
      finished = isLast(range);
      if (changes === 0) continue;
      report(deleted);
      await pause();
    }
    return { deleted, finished };
  };

  return {
    /** @param ids A JSON array. @param ts Unix time in seconds. */
    markSeen: (ids: string, ts: number): Promise<void> => transact(() => void mark.run(ts, ids)),

    /** Refreshes those of the ids that are there and older than `before`. @param ids A JSON array. */
    touch: (ids: string, ts: number, before: number): Promise<void> => transact(() => void touch.run(ts, ids, before)),

    /**
     * Deletes the rows marked before the Unix time `before`, in seconds. The ledger still knows what was posted, so an item that expired although its feed lists it is not posted again.
     */
    expire: (before: number, task: Task): Promise<PurgeResult> =>
      inRanges(task, ({ from, to }) => deleteOlder.run(from, to, before).changes),

    /** The same, and the ledger forgets with it: somebody wants the items to begin anew. */
    forget: (before: number, task: Task): Promise<PurgeResult> =>
      inRanges(task, ({ from, to }) => {
        deletePosts.run(from, to, before);
        deletePosted.run(from, to, before);
        return deleteOlder.run(from, to, before).changes;
      }),
  };
}

type Range = [from: string, to: KeyRange['to'], before: number];

const posted = `SELECT seen.id FROM seen JOIN seen_item ON seen_item.id = seen.id
  WHERE seen.id >= ? AND seen.id < ? AND ts < ? AND state = 'posted'`;

function prepare(db: Database) {
  return {
    mark: db.prepare<[ts: number, ids: string]>(
      'INSERT INTO seen (id, ts) SELECT value, ? FROM json_each(?) WHERE true ' +
        'ON CONFLICT (id) DO UPDATE SET ts = excluded.ts',
    ),
    touch: db.prepare<[ts: number, ids: string, before: number]>(
      'UPDATE seen SET ts = ? WHERE id IN (SELECT value FROM json_each(?)) AND ts < ?',
    ),
    deleteOlder: db.prepare<Range>('DELETE FROM seen WHERE id >= ? AND id < ? AND ts < ?'),
    deletePosts: db.prepare<Range>(`DELETE FROM seen_post WHERE item_id IN (${posted})`),
    deletePosted: db.prepare<Range>(`DELETE FROM seen_item WHERE id IN (${posted})`),
  };
}
