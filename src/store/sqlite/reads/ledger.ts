import type { Database } from 'better-sqlite3';

import type { LedgerReads } from '../../backend.ts';
import type { ItemRow, PostRow, WithPosts } from '../../rows.ts';
import { readInChunks } from './chunks.ts';
import type { ReadConnection } from './connection.ts';
import { openItems } from './open-items.ts';

/** The reads of items and their posts. */
export function ledgerReads(connection: ReadConnection): LedgerReads {
  const statements = connection.statements(prepare);
  const walkOpen = openItems(connection);
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
      let [waiting, active] = [0, 0];
      for await (const part of walkOpen('counts')) {
        const unseen = part.filter(({ seen }) => seen === 0);
        const leased = unseen.filter((item) => item.leased === 1);
        active += leased.length;
        waiting += unseen.length - leased.length;
      }
      return connection.read('counts', () => ({ waiting, active, failed: statements().countFailed.get() ?? 0 }));
    },

    async hasItemsToDrop(before) {
      if (connection.read('purgeExpired', () => statements().hasOldEnded.get({ before }) === 1)) return true;
      for await (const part of walkOpen('purgeExpired')) {
        if (part.some(({ seen, updatedAt }) => seen === 1 && updatedAt < before)) return true;
      }
      return false;
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
    countFailed: db.prepare<[], number>("SELECT count(*) FROM seen_item WHERE state = 'failed'").pluck(),
    hasOldEnded: db
      .prepare<[{ before: number }], number>(
        `SELECT EXISTS (SELECT 1 FROM seen_item WHERE state = 'posted' AND updated_at < @before)
             OR EXISTS (SELECT 1 FROM seen_item WHERE state = 'failed' AND updated_at < @before)`,
      )
      .pluck(),
  };
}
