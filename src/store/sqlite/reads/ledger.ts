import type { Database } from 'better-sqlite3';

import type { LedgerReads } from '../../port/reads.ts';
import type { Place } from '../../contract/claims.ts';
import { isLeased } from '../item-conditions.ts';
import type { ChannelPostRows, ItemRow, PostRow, WithPosts } from '../../rows.ts';
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

    async channelPosts(channelId, messageIds) {
      return connection.read('channelPosts', () => statements().channelPosts(channelId, JSON.stringify(messageIds)));
    },

    async itemOfMessage(messageId) {
      return connection.read('saveFoundPost', () => statements().itemOfMessage.get(messageId));
    },

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

    async ownersBefore(feed, { token, index }, owner) {
      const before = { feed, token, index, owner, now: connection.now() };
      return connection.read('isBehindOtherOwner', () => statements().ownersBefore.all(before));
    },

    async waitingItems(feed) {
      let waiting = 0;
      let oldest: number | null = null;
      for await (const part of walkOpen('backlog', feed)) {
        for (const item of part) {
          if (item.leased === 1 || item.seen === 1) continue;
          waiting += 1;
          oldest = Math.min(oldest ?? Infinity, item.createdAt);
        }
      }
      return { waiting, oldest };
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
    channelPosts: prepareChannelPosts(db),
    itemOfMessage: db
      .prepare<[messageId: string], string>('SELECT item_id FROM seen_post WHERE message_id = ?')
      .pluck(),
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
    /** Along an index of the items that have an owner: there are never many, however many wait. */
    ownersBefore: db
      .prepare<[Place & { feed: string; owner: string; now: number }], string>(
        `SELECT DISTINCT owner FROM seen_item INDEXED BY seen_item_owned
         WHERE feed = @feed AND (place_token, first_index) < (@token, @index)
           AND owner IS NOT NULL AND owner <> @owner AND ${isLeased}`,
      )
      .pluck(),
    hasOldEnded: db
      .prepare<[{ before: number }], number>(
        `SELECT EXISTS (SELECT 1 FROM seen_item WHERE state = 'posted' AND updated_at < @before)
             OR EXISTS (SELECT 1 FROM seen_item WHERE state = 'failed' AND updated_at < @before)`,
      )
      .pluck(),
  };
}

function prepareChannelPosts(db: Database): (channelId: string, messageIds: string) => ChannelPostRows {
  const recorded = db
    .prepare<[messageIds: string], string>(
      'SELECT DISTINCT message_id FROM json_each(?) JOIN seen_post ON message_id = atom',
    )
    .pluck();
  const open = db.prepare<[channelId: string], ChannelPostRows['open'][number]>(
    `SELECT item_id, intent_at, discord_at, fingerprint FROM seen_post WHERE state = 'open' AND channel_id = ?
     ORDER BY intent_at, item_id`,
  );
  // One transaction, for one moment.
  return db.transaction((channelId, messageIds) => ({
    recorded: recorded.all(messageIds),
    open: open.all(channelId),
  }));
}
