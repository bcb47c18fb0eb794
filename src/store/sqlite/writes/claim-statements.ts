import type { Database, Statement } from 'better-sqlite3';

import type { ClaimRow, PostRow } from '../item-rows.ts';

export interface Grant {
  readonly feed: string;
  readonly token: number;
  readonly owner: string;
  readonly now: number;
  readonly leaseUntil: number;
  /** JSON array of the owners whose leases count as free. */
  readonly dead: string;
}

interface Release {
  /** JSON array. */
  readonly ids: string;
  readonly error: string | null;
  readonly retryAt: number | null;
  readonly now: number;
}

export interface GrantStatements {
  readonly nextToken: Statement<[], number>;
  readonly takeToken: Statement<[token: number]>;
  readonly leaseOwners: Statement<[now: number], string>;
  readonly markPosted: Statement<[{ requests: string; seconds: number }]>;
  readonly claim: Statement<[Grant & { requests: string }], ClaimRow>;
  readonly waiting: Statement<[Pick<Grant, 'feed' | 'now' | 'dead'> & { limit: number }], string>;
  readonly posts: Statement<[ids: string], PostRow>;
}

export interface HoldStatements {
  readonly renew: Statement<[leaseUntil: number, ids: string]>;
  readonly markSeen: Statement<[ts: number, ids: string]>;
  readonly commit: Statement<[now: number, ids: string]>;
  readonly release: Statement<[Release]>;
  readonly fail: Statement<[error: string, now: number, ids: string]>;
}

/** Written like the condition of the index `seen_item_open`, which keeps a claim from reading the whole ledger. */
const isOpen = "state IN ('claimed', 'enriched', 'posting')";

const isDue = `(retry_at IS NULL OR retry_at <= @now)
  AND (lease_until IS NULL OR lease_until <= @now OR owner IN (SELECT value FROM json_each(@dead)))`;

/**
 * How an owner gets items. The grant is one conditional insert: nothing can come between the look and the grant.
 *
 * Taken over from an owner that never began, the item keeps its number of attempts: an item that kills the process must
 * not use up the attempts of all that were claimed with it.
 */
export function prepareGranting(db: Database): GrantStatements {
  return {
    nextToken: db.prepare<[], number>('SELECT value + 1 FROM seen_token').pluck(),
    takeToken: db.prepare<[token: number]>('UPDATE seen_token SET value = ?'),
    leaseOwners: db
      .prepare<[now: number], string>(
        `SELECT DISTINCT owner FROM seen_item INDEXED BY seen_item_open WHERE ${isOpen} AND lease_until > ?`,
      )
      .pluck(),
    /** What was posted stays so: its id had expired, or the earlier bot's purge removed it. */
    markPosted: db.prepare<[{ requests: string; seconds: number }]>(
      `INSERT INTO seen (id, ts)
       SELECT seen_item.id, @seconds FROM json_each(@requests) JOIN seen_item ON seen_item.id = value ->> 'id'
       WHERE state = 'posted' ON CONFLICT DO NOTHING`,
    ),
    claim: db.prepare<[Grant & { requests: string }], ClaimRow>(
      `INSERT INTO seen_item (id, feed, state, token, owner, lease_until, attempts, payload, created_at, updated_at)
       SELECT value ->> 'id', @feed, 'claimed', @token, @owner, @leaseUntil, 1, value ->> 'payload', @now, @now
       FROM json_each(@requests)
       WHERE NOT EXISTS (SELECT 1 FROM seen WHERE seen.id = value ->> 'id')
       ON CONFLICT (id) DO UPDATE SET
         attempts = attempts + (begun OR owner IS NULL),
         begun = 0,
         token = excluded.token,
         owner = excluded.owner,
         lease_until = excluded.lease_until,
         payload = coalesce(excluded.payload, payload),
         retry_at = NULL,
         updated_at = excluded.updated_at
       WHERE state NOT IN ('posted', 'failed') AND ${isDue}
       RETURNING id, feed, token, attempts, payload, enrichment`,
    ),
    waiting: db
      .prepare<[Pick<Grant, 'feed' | 'now' | 'dead'> & { limit: number }], string>(
        `SELECT id FROM seen_item
         WHERE feed = @feed AND ${isOpen} AND ${isDue}
           AND NOT EXISTS (SELECT 1 FROM seen WHERE seen.id = seen_item.id)
         ORDER BY created_at, id LIMIT @limit`,
      )
      .pluck(),
    posts: db.prepare<[ids: string], PostRow>(
      `SELECT seen_post.* FROM json_each(?) JOIN seen_post ON item_id = atom ORDER BY item_id, channel_id`,
    ),
  };
}

/** @param ids The parameter that is a JSON array of ids. */
function isNamed(ids: string): string {
  return `id IN (SELECT atom FROM json_each(${ids}))`;
}

/** How the holder of an item goes on or ends. The fence comes first. */
export function prepareHolding(db: Database): HoldStatements {
  return {
    renew: db.prepare<[leaseUntil: number, ids: string]>(`UPDATE seen_item SET lease_until = ? WHERE ${isNamed('?')}`),
    markSeen: db.prepare<[ts: number, ids: string]>(
      `INSERT INTO seen (id, ts) SELECT atom, ? FROM json_each(?) WHERE true
       ON CONFLICT (id) DO UPDATE SET ts = excluded.ts`,
    ),
    commit: db.prepare<[now: number, ids: string]>(
      `UPDATE seen_item SET state = 'posted', owner = NULL, lease_until = NULL, last_error = NULL,
         payload = NULL, enrichment = NULL, updated_at = ? WHERE ${isNamed('?')}`,
    ),
    release: db.prepare<[Release]>(
      `UPDATE seen_item SET owner = NULL, lease_until = NULL, begun = 0, retry_at = @retryAt, updated_at = @now,
         last_error = coalesce(@error, last_error), attempts = attempts - (@error IS NULL) WHERE ${isNamed('@ids')}`,
    ),
    fail: db.prepare<[error: string, now: number, ids: string]>(
      `UPDATE seen_item SET state = 'failed', owner = NULL, lease_until = NULL, retry_at = NULL,
         last_error = ?, updated_at = ? WHERE ${isNamed('?')}`,
    ),
  };
}
