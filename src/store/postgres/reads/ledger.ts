import type { LedgerReads } from '../../port/reads.ts';
import type { ChannelPostRows, ItemRow, PostRow, WithPosts } from '../../rows.ts';
import { distinctWithout } from '../../turns.ts';
import type { Database } from '../database.ts';
import { isOneOf } from '../id-list.ts';
import { itemConditions } from '../item-conditions.ts';

/** An item with its posts. */
type ItemWithPosts = ItemRow & { readonly posts: readonly PostRow[] };

/** The reads of items and their posts. Each is one statement, so that what it tells is of one moment. */
export function ledgerReads(database: Database): LedgerReads {
  const statements = ledgerStatements(database);
  return {
    findItem: (id) =>
      database.run('find', async (session) => {
        const row = await session.row<ItemWithPosts>(statements.find, [id]);
        return row === undefined ? undefined : withPosts(row);
      }),

    unknown: (ids) =>
      database.run('filterUnknown', async (session) => {
        const rows = await session.rows<{ id: string }>(statements.known, [ids]);
        const known = new Set(rows.map(({ id }) => id));
        return distinctWithout(ids, known);
      }),

    channelPosts: (channelId, messageIds) =>
      database.run('channelPosts', (session) =>
        session.oneRow<ChannelPostRows>(statements.channelPosts, [channelId, messageIds]),
      ),

    itemOfMessage: (messageId) =>
      database.run('saveFoundPost', async (session) => {
        const row = await session.row<{ id: string }>(statements.itemOfMessage, [messageId]);
        return row?.id;
      }),

    failedItems: (feed, limit) =>
      database.run('failed', async (session) => {
        const rows = await session.rows<ItemWithPosts>(statements.failed, [feed, limit]);
        return rows.map(withPosts);
      }),

    countItems: () =>
      database.run('counts', (session) =>
        session.oneRow<{ waiting: number; active: number; failed: number }>(statements.counts),
      ),

    ownersBefore: (feed, { token, index }, owner) =>
      database.run('isBehindOtherOwner', async (session) => {
        const rows = await session.rows<{ owner: string }>(statements.ownersBefore, [feed, token, index, owner]);
        return rows.map((row) => row.owner);
      }),

    waitingItems: (feed) =>
      database.run('backlog', (session) =>
        session.oneRow<{ waiting: number; oldest: number | null }>(statements.waiting, [feed]),
      ),

    hasItemsToDrop: (before) =>
      database.run('purgeExpired', async (session) => {
        const { found } = await session.oneRow<{ found: boolean }>(statements.hasItemsToDrop, [before]);
        return found;
      }),
  };
}

function ledgerStatements(database: Database) {
  const { tables, now } = database;
  const { item, post } = tables;
  // Asked for once: for each of the items that wait, it would take longer than all the rest.
  const present = `WITH present AS MATERIALIZED (SELECT ${now} AS now)`;
  const { isLeased, isSeen } = itemConditions({ tables, now: '(SELECT now FROM present)' });
  const itemWithPosts = `SELECT seen_item.*, (
      SELECT coalesce(json_agg(seen_post ORDER BY channel_id), '[]') FROM ${post} WHERE item_id = seen_item.id
    ) AS posts FROM ${item}`;
  return {
    find: `${itemWithPosts} WHERE id = $1`,
    known: `SELECT id FROM ${item} WHERE id ${isOneOf('$1')}`,
    channelPosts: `SELECT
      (SELECT coalesce(json_agg(DISTINCT message_id), '[]') FROM ${post} WHERE message_id ${isOneOf('$2')})
        AS recorded,
      (SELECT coalesce(json_agg(one), '[]') FROM (
        SELECT item_id, intent_at, discord_at, fingerprint FROM ${post}
        WHERE state = 'open' AND channel_id = $1 ORDER BY intent_at, item_id) AS one) AS open`,
    itemOfMessage: `SELECT item_id AS id FROM ${post} WHERE message_id = $1`,
    failed: `${itemWithPosts} WHERE is_failed AND ($1::text IS NULL OR feed = $1)
      ORDER BY updated_at DESC, id LIMIT $2`,
    counts: `${present} SELECT count(*) FILTER (WHERE NOT leased) AS waiting, count(*) FILTER (WHERE leased) AS active,
      (SELECT count(*) FROM ${item} WHERE is_failed) AS failed
      FROM (SELECT ${isLeased} AS leased FROM ${item} WHERE is_open AND NOT ${isSeen}) AS unfinished`,
    ownersBefore: `${present} SELECT DISTINCT owner FROM ${item}
      WHERE feed = $1 AND is_open AND (place_token, first_index) < ($2, $3)
        AND owner IS NOT NULL AND owner <> $4 AND ${isLeased}`,
    waiting: `${present} SELECT count(*) AS waiting, min(created_at) AS oldest FROM ${item}
      WHERE feed = $1 AND is_open AND NOT ${isLeased} AND NOT ${isSeen}`,
    hasItemsToDrop: `SELECT EXISTS (SELECT FROM ${item} WHERE NOT is_open AND updated_at < $1)
      OR EXISTS (SELECT FROM ${item} WHERE is_open AND updated_at < $1 AND ${isSeen}) AS found`,
  };
}

function withPosts({ posts, ...row }: ItemWithPosts): WithPosts<ItemRow> {
  return { row, posts };
}
