import type { Database, Statement } from 'better-sqlite3';

import type { SeenWrites } from '../../backend.ts';
import type { PurgeControl, PurgeResult } from '../../contract/seen-store.ts';
import { isLast, prepareKeyAfter, walkKeys, type KeyRange } from '../key-walk.ts';
import type { WriteContext } from './context.ts';

/** Rows that a purge looks at in one transaction. `npm run bench -- --only purge` shows how long other writers wait. */
const PURGE_CHUNK = 2_000;

/** The writes of the table `seen`, but for the commit of a claim, which is in `settle.ts`. */
export function seenWrites({ db, transact, pause }: WriteContext): SeenWrites {
  const mark = prepareMark(db);
  const { touch, deleteOlder, deletePosts, deletePosted } = prepare(db);
  const keyAfter = prepareKeyAfter(db, 'seen', PURGE_CHUNK);

  /** One short transaction a range, so that nobody waits for the purge. */
  const purge = async (
    { signal, onProgress }: PurgeControl,
    deleteIn: (range: KeyRange) => number,
  ): Promise<PurgeResult> => {
    let deleted = 0;
    let finished = false;
    for await (const range of walkKeys(keyAfter, signal)) {
      const changes = await transact(() => deleteIn(range));
      deleted += changes;
      finished = isLast(range);
      if (changes === 0) continue;
      onProgress?.(deleted);
      await pause();
    }
    return { deleted, finished };
  };

  return {
    markSeen: (ids, ts) => transact(() => void mark.run(ts, JSON.stringify(ids))),

    touch: (ids, ts, before) => transact(() => void touch.run(ts, JSON.stringify(ids), before)),

    expire: (before, control) => purge(control, ({ from, to }) => deleteOlder.run(from, to, before).changes),

    forget: (before, control) =>
      purge(control, ({ from, to }) => {
        deletePosts.run(from, to, before);
        deletePosted.run(from, to, before);
        return deleteOlder.run(from, to, before).changes;
      }),
  };
}

/** Marks a JSON array of ids, none of which is there twice. */
export function prepareMark(db: Database): Statement<[ts: number, ids: string]> {
  return db.prepare(
    `INSERT INTO seen (id, ts) SELECT atom, ? FROM json_each(?) WHERE true
     ON CONFLICT (id) DO UPDATE SET ts = excluded.ts`,
  );
}

type OlderInRange = [from: string, to: KeyRange['to'], before: number];

const posted = `SELECT seen.id FROM seen JOIN seen_item ON seen_item.id = seen.id
  WHERE seen.id >= ? AND seen.id < ? AND ts < ? AND state = 'posted'`;

function prepare(db: Database) {
  return {
    touch: db.prepare<[ts: number, ids: string, before: number]>(
      'UPDATE seen SET ts = ? WHERE id IN (SELECT value FROM json_each(?)) AND ts < ?',
    ),
    deleteOlder: db.prepare<OlderInRange>('DELETE FROM seen WHERE id >= ? AND id < ? AND ts < ?'),
    deletePosts: db.prepare<OlderInRange>(`DELETE FROM seen_post WHERE item_id IN (${posted})`),
    deletePosted: db.prepare<OlderInRange>(`DELETE FROM seen_item WHERE id IN (${posted})`),
  };
}
