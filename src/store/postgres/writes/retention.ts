import type { ClaimWrites } from '../../port/writes.ts';
import { scopedId } from '../../scoped-id.ts';
import type { Database } from '../database.ts';
import { isOneOf } from '../id-list.ts';
import { itemConditions } from '../item-conditions.ts';
import { isStoredByKey } from '../scope-conditions.ts';

/** Items that one statement drops, at most. */
const CHUNK = 2_000;

interface OldItem {
  readonly id: string;
  readonly feed: string;
  readonly byKey: boolean;
}

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
export function retentionWrites(database: Database): Pick<ClaimWrites, 'dropItems'> {
  const { find, drop } = retentionStatements(database);
  const { clock } = database.options;

  const findOld = (before: number, after: string): Promise<readonly OldItem[]> =>
    database.run('purgeExpired', (session) => session.rows<OldItem>(find, [before, after]));

  const dropOld = (before: number, items: readonly OldItem[]): Promise<void> =>
    database.run('purgeExpired', async (session) => {
      const ids = items.map(({ id }) => id);
      const scopedIds = items.map(({ id, feed, byKey }) => (byKey ? scopedId(feed, id) : null));
      await session.run(drop, [before, ids, scopedIds, Math.floor(clock.now() / 1000)]);
    });

  return {
    async dropItems(before, { signal }) {
      for (let after: string | undefined = ''; after !== undefined;) {
        if (signal?.aborted === true) return;
        const items = await findOld(before, after);
        if (items.length > 0) await dropOld(before, items);
        after = items[CHUNK - 1]?.id;
      }
    },
  };
}

function retentionStatements(database: Database): Readonly<Record<'find' | 'drop', string>> {
  const { seen, item, post } = database.tables;
  const { isLeased, isSeen } = itemConditions(database);
  const isOld = `seen_item.updated_at < $1 AND (NOT seen_item.is_open OR NOT ${isLeased} AND ${isSeen})`;
  return {
    find: `SELECT id, feed, ${isStoredByKey(database.tables)} AS "byKey" FROM ${item}
      WHERE id > $2 AND ${isOld} ORDER BY id LIMIT ${CHUNK}`,
    // Items are locked before ids, as a commit does, and tested once more.
    drop: `WITH old AS MATERIALIZED (
        SELECT id, state FROM ${item} WHERE id ${isOneOf('$2')} AND ${isOld} ORDER BY id FOR UPDATE
      ),
      dropped AS MATERIALIZED (
        SELECT old.id, old.state, entry.scoped_id FROM old
        JOIN unnest($2::text[], $3::text[]) AS entry (id, scoped_id) ON entry.id = old.id
      ),
      unmarked AS (DELETE FROM ${seen} WHERE id ${isOneOf('SELECT id FROM dropped WHERE scoped_id IS NOT NULL')}),
      marked AS (
        INSERT INTO ${seen} (id, ts) SELECT coalesce(scoped_id, id), $4 FROM dropped
        WHERE scoped_id IS NOT NULL OR state = 'failed'
        ORDER BY coalesce(scoped_id, id) COLLATE "C" ON CONFLICT (id) DO NOTHING
      ),
      dropped_posts AS (DELETE FROM ${post} WHERE item_id ${isOneOf('SELECT id FROM dropped')})
      DELETE FROM ${item} WHERE id ${isOneOf('SELECT id FROM dropped')}`,
  };
}
