import type { Database } from 'better-sqlite3';

import type { ClaimWrites } from '../../backend.ts';
import { prepareKeyAfter, walkKeys, type KeyRange } from '../key-walk.ts';
import { isLeased } from '../item-conditions.ts';
import type { WriteContext } from './context.ts';

/** Items looked at in one go: one statement over the whole ledger would keep other writes waiting. */
const CHUNK = 2_000;

/**
 * Drops the entries of items that ended long ago: posted, given up, or marked as seen while they waited. What still
 * has to be delivered stays, however old it is.
 *
 * A dead letter leaves its id seen. Otherwise a feed that lists it for months would begin it anew, and repeat the posts
 * that some of its channels got.
 */
export function retentionWrites(context: WriteContext): Pick<ClaimWrites, 'dropItems'> {
  const statements = prepare(context.db);
  const keyAfter = prepareKeyAfter(context.db, 'seen_item', CHUNK);
  return {
    async dropItems(before, { signal }) {
      for await (const { from, to } of walkKeys(keyAfter, signal)) {
        await dropInRange(context, statements, { from, to, now: context.now(), before });
      }
    },
  };
}

interface OldInRange extends KeyRange {
  readonly now: number;
  readonly before: number;
}

async function dropInRange(
  { transact }: WriteContext,
  { old, markSeen, dropPosts, drop }: ReturnType<typeof prepare>,
  range: OldInRange,
): Promise<void> {
  if (old.all(range).length === 0) return;
  await transact(() => {
    const ids = JSON.stringify(old.all(range));
    markSeen.run(Math.floor(range.now / 1000), ids);
    dropPosts.run(ids);
    drop.run(ids);
  });
}

function prepare(db: Database) {
  return {
    old: db
      .prepare<[OldInRange], string>(
        `SELECT id FROM seen_item
         WHERE id >= @from AND id < @to AND updated_at < @before
           AND (state IN ('posted', 'failed') OR (
             NOT ${isLeased} AND EXISTS (SELECT 1 FROM seen WHERE seen.id = seen_item.id)))`,
      )
      .pluck(),
    markSeen: db.prepare<[ts: number, ids: string]>(
      `INSERT INTO seen (id, ts) SELECT seen_item.id, ? FROM json_each(?) JOIN seen_item ON seen_item.id = value
       WHERE state = 'failed' ON CONFLICT DO NOTHING`,
    ),
    dropPosts: db.prepare<[ids: string]>('DELETE FROM seen_post WHERE item_id IN (SELECT value FROM json_each(?))'),
    drop: db.prepare<[ids: string]>('DELETE FROM seen_item WHERE id IN (SELECT value FROM json_each(?))'),
  };
}
