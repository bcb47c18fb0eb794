import type { Database } from 'better-sqlite3';

import type { ClaimWrites } from '../../port/writes.ts';
import { isLeased } from '../item-conditions.ts';
import { prepareForRanges, prepareKeyAfter, walkKeys, type KeyRange } from '../key-walk.ts';
import { isStoredByKey } from '../scope-conditions.ts';
import type { WriteContext } from './context.ts';
import { defineScopedId } from './scoped-id.ts';

/** Items looked at in one go: one statement over the whole ledger would keep other writes waiting. */
const CHUNK = 2_000;

/**
 * Drops the entries of items that ended long ago: posted, given up, or marked as seen while they waited. What still
 * has to be delivered stays, however old it is.
 *
 * A dead letter leaves its id seen. Otherwise a feed that lists it for months would begin it anew, and repeat the posts
 * that some of its channels got.
 *
 * The entry was also what tied a key that an earlier version stored to its scoped feed. From now on the scoped id is
 * seen in its place.
 */
export function retentionWrites(context: WriteContext): Pick<ClaimWrites, 'dropItems'> {
  const statements = prepare(context.db);
  const keyAfter = prepareKeyAfter(context.db, 'seen_item', CHUNK);
  return {
    async dropItems(before, { signal }) {
      for await (const range of walkKeys(keyAfter, signal)) {
        await dropInRange(context, statements(range), { ...range, before, now: context.now() });
      }
    },
  };
}

interface OldInRange extends KeyRange {
  readonly before: number;
  readonly now: number;
}

async function dropInRange(
  { transact }: WriteContext,
  { hasOld, markSeen, markScoped, unmarkKeys, dropPosts, drop }: RangeStatements,
  range: OldInRange,
): Promise<void> {
  if (hasOld.get(range) === 0) return;
  await transact(() => {
    const marked = { ...range, seconds: Math.floor(range.now / 1000) };
    markSeen.run(marked);
    markScoped.run(marked);
    unmarkKeys.run(range);
    dropPosts.run(range);
    drop.run(range);
  });
}

type RangeStatements = ReturnType<ReturnType<typeof prepare>>;

function prepare(db: Database) {
  defineScopedId(db);
  return prepareForRanges('seen_item', (isInRange) => {
    const isOld = `${isInRange} AND updated_at < @before
      AND (state IN ('posted', 'failed') OR (
        NOT ${isLeased} AND EXISTS (SELECT 1 FROM seen WHERE seen.id = seen_item.id)))`;
    return {
      hasOld: db.prepare<[OldInRange], number>(`SELECT EXISTS (SELECT 1 FROM seen_item WHERE ${isOld})`).pluck(),
      markSeen: db.prepare<[OldInRange & { seconds: number }]>(
        `INSERT INTO seen (id, ts) SELECT id, @seconds FROM seen_item WHERE ${isOld} AND state = 'failed'
         ON CONFLICT DO NOTHING`,
      ),
      markScoped: db.prepare<[OldInRange & { seconds: number }]>(
        `INSERT INTO seen (id, ts) SELECT scoped_id(feed, id), @seconds FROM seen_item WHERE ${isOld} AND ${isStoredByKey}
         ON CONFLICT DO NOTHING`,
      ),
      unmarkKeys: db.prepare<[OldInRange]>(
        `DELETE FROM seen WHERE id IN (SELECT id FROM seen_item WHERE ${isOld} AND ${isStoredByKey})`,
      ),
      dropPosts: db.prepare<[OldInRange]>(
        `DELETE FROM seen_post WHERE item_id IN (SELECT id FROM seen_item WHERE ${isOld})`,
      ),
      drop: db.prepare<[OldInRange]>(`DELETE FROM seen_item WHERE ${isOld}`),
    };
  });
}
