import type { Database } from 'better-sqlite3';

import type { LedgerReads } from '../../backend.ts';
import type { LedgerCounts } from '../../contract/ledger.ts';
import type { ItemRow, PostRow, WithPosts } from '../../rows.ts';
import { readInChunks } from './chunks.ts';
import type { ReadConnection } from './connection.ts';

/** The reads of items and their posts. */
export function ledgerReads(connection: ReadConnection): LedgerReads {
  const statements = connection.statements(prepare);
  const withPosts = (row: ItemRow): WithPosts<ItemRow> => ({ row, posts: statements().posts.all(row.id) });

  return {
    async findItem(id) {
      return connection.read('find', () => {
        const row = statements().find.get(id);
        return row === undefined ? undefined : withPosts(row);
      });
    },

    unknown: (ids) => readInChunks(connection, 'filterUnknown', ids, (chunk) => statements().unknown.all(chunk)),

    async failedItems(feed, limit) {
      return connection.read('failed', () => statements().failed.all({ feed, limit }).map(withPosts));
    },

    async countItems() {
      return connection.read('counts', () => {
        const { waiting = 0, active = 0 } = statements().countOpen.get({ now: connection.now() }) ?? {};
        return { waiting, active, failed: statements().countFailed.get() ?? 0 };
      });
    },

    async hasItemsToDrop(before) {
      return connection.read('purgeExpired', () => statements().hasItemsToDrop.get({ before }) === 1);
    },
  };
}

function prepare(db: Database) {
  return {
    find: db.prepare<[id: string], ItemRow>('SELECT * FROM seen_item WHERE id = ?'),
    posts: db.prepare<[id: string], PostRow>('SELECT * FROM seen_post WHERE item_id = ? ORDER BY channel_id'),
    unknown: db
      .prepare<[ids: string], string>(
        'SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM seen_item WHERE seen_item.id = value)',
      )
      .pluck(),
    failed: db.prepare<[{ feed: string | null; limit: number }], ItemRow>(
      `SELECT * FROM seen_item WHERE state = 'failed' AND (@feed IS NULL OR feed = @feed)
       ORDER BY updated_at DESC, id LIMIT @limit`,
    ),
    countOpen: db.prepare<[{ now: number }], Pick<LedgerCounts, 'waiting' | 'active'>>(
      `SELECT coalesce(sum(lease_until IS NULL OR lease_until <= @now), 0) AS waiting,
              coalesce(sum(lease_until > @now), 0) AS active
       FROM seen_item INDEXED BY seen_item_open
       WHERE state IN ('claimed', 'enriched', 'posting')
         AND NOT EXISTS (SELECT 1 FROM seen WHERE seen.id = seen_item.id)`,
    ),
    countFailed: db.prepare<[], number>("SELECT count(*) FROM seen_item WHERE state = 'failed'").pluck(),
    hasItemsToDrop: db
      .prepare<[{ before: number }], number>(
        `SELECT EXISTS (SELECT 1 FROM seen_item WHERE state = 'posted' AND updated_at < @before)
             OR EXISTS (SELECT 1 FROM seen_item WHERE state = 'failed' AND updated_at < @before)
             OR EXISTS (SELECT 1 FROM seen_item
                        WHERE state IN ('claimed', 'enriched', 'posting') AND updated_at < @before
                          AND EXISTS (SELECT 1 FROM seen WHERE seen.id = seen_item.id))`,
      )
      .pluck(),
  };
}
