import type { Database } from 'better-sqlite3';

import type { SeenWrites } from '../../port/writes.ts';
import type { PurgeControl, PurgeResult } from '../../contract/seen-store.ts';
import { isLast, prepareForRanges, prepareKeyAfter, walkKeys, type KeyRange } from '../key-walk.ts';
import { prepareMark } from '../mark.ts';
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

    expire: (before, control) => purge(control, (range) => deleteOlder(range).run({ ...range, before }).changes),

    forget: (before, control) =>
      purge(control, (range) => {
        const older = { ...range, before };
        deletePosts(range).run(older);
        deletePosted(range).run(older);
        return deleteOlder(range).run(older).changes;
      }),
  };
}

interface OlderInRange extends KeyRange {
  readonly before: number;
}

function posted(isOlder: string): string {
  return `SELECT seen.id FROM seen JOIN seen_item ON seen_item.id = seen.id
    WHERE ${isOlder} AND seen_item.state = 'posted'`;
}

function prepare(db: Database) {
  const prepareOlder = (sql: (isOlder: string) => string) =>
    prepareForRanges('seen', (isInRange) => db.prepare<[OlderInRange]>(sql(`${isInRange} AND seen.ts < @before`)));
  return {
    touch: db.prepare<[ts: number, ids: string, before: number]>(
      'UPDATE seen SET ts = ? WHERE id IN (SELECT value FROM json_each(?)) AND ts < ?',
    ),
    deleteOlder: prepareOlder((isOlder) => `DELETE FROM seen WHERE ${isOlder}`),
    deletePosts: prepareOlder((isOlder) => `DELETE FROM seen_post WHERE item_id IN (${posted(isOlder)})`),
    deletePosted: prepareOlder((isOlder) => `DELETE FROM seen_item WHERE id IN (${posted(isOlder)})`),
  };
}
