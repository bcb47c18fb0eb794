import type { Database } from 'better-sqlite3';

import type { ClaimWrites, GrantTerms, ItemRequest } from '../../backend.ts';
import { isDead } from '../../owner.ts';
import type { GrantedRow, PostRow, WithPosts } from '../../rows.ts';
import type { WriteContext } from './context.ts';

/** A grant of one call: its token, its lease, and the owners whose leases count as free. */
interface Grant {
  readonly feed: string;
  readonly token: number;
  readonly owner: string;
  readonly now: number;
  readonly leaseUntil: number;
  /** A JSON array. */
  readonly dead: string;
}

/** Grants items to an owner. */
export function grantWrites({ db, now, transact }: WriteContext): Pick<ClaimWrites, 'claim' | 'claimWaiting'> {
  const statements = prepare(db);
  return {
    claim: (requests, terms) => transact(() => grantAll(statements, requests, newGrant(statements, terms, now()))),

    claimWaiting: (limit, terms) =>
      transact(() => {
        const grant = newGrant(statements, terms, now());
        const due = statements.due.all({ feed: grant.feed, limit, now: grant.now, dead: grant.dead });
        return due.length === 0 ? [] : grantAll(statements, due.map(withoutPayload), grant);
      }),
  };
}

type Statements = ReturnType<typeof prepare>;

/** Only inside a transaction: the dead are told from the living once the lock is held. */
function newGrant({ nextToken, leaseOwners }: Statements, terms: GrantTerms, now: number): Grant {
  const { feed, owner, leaseMs } = terms;
  return {
    feed,
    owner,
    token: nextToken.get() ?? 0,
    now,
    leaseUntil: now + leaseMs,
    dead: JSON.stringify(leaseOwners.all(now).filter((other) => isDead(other))),
  };
}

/** Where nothing is granted, nothing is written and no disk waited for. */
function grantAll(statements: Statements, requests: readonly ItemRequest[], grant: Grant): WithPosts<GrantedRow>[] {
  const json = JSON.stringify(requests);
  const rows = statements.claim.all({ ...grant, requests: json });
  if (rows.length < requests.length) {
    statements.markPosted.run({ requests: json, seconds: Math.floor(grant.now / 1000) });
  }
  if (rows.length === 0) return [];
  statements.takeToken.run(grant.token);
  const posts = Map.groupBy(statements.posts.all(JSON.stringify(rows.map(({ id }) => id))), (post) => post.item_id);
  const places = new Map(requests.map(({ id }, place) => [id, place]));
  return rows
    .toSorted((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0))
    .map((row) => ({ row, posts: posts.get(row.id) ?? [] }));
}

function withoutPayload(id: string): ItemRequest {
  return { id, payload: null };
}

/** Written like the condition of the index `seen_item_open`, which keeps a claim from reading the whole ledger. */
const isOpen = "state IN ('claimed', 'enriched', 'posting')";

const isDue = `(retry_at IS NULL OR retry_at <= @now)
  AND (lease_until IS NULL OR lease_until <= @now OR owner IN (SELECT value FROM json_each(@dead)))`;

function prepare(db: Database) {
  return {
    nextToken: db.prepare<[], number>('SELECT value + 1 FROM seen_token').pluck(),
    takeToken: db.prepare<[token: number]>('UPDATE seen_token SET value = ?'),
    leaseOwners: db
      .prepare<[now: number], string>(
        `SELECT DISTINCT owner FROM seen_item INDEXED BY seen_item_open WHERE ${isOpen} AND lease_until > ?`,
      )
      .pluck(),
    /** A posted item stays seen: its id had expired, or the earlier bot's purge removed it. */
    markPosted: db.prepare<[{ requests: string; seconds: number }]>(
      `INSERT INTO seen (id, ts)
       SELECT seen_item.id, @seconds FROM json_each(@requests) JOIN seen_item ON seen_item.id = value ->> 'id'
       WHERE state = 'posted' ON CONFLICT DO NOTHING`,
    ),
    /**
     * The grant is one conditional insert: nothing can come between the look and the grant.
     *
     * Taken over from an owner that never began, the item keeps its number of attempts: an item that kills the process
     * must not use up the attempts of all that were claimed with it.
     */
    claim: db.prepare<[Grant & { requests: string }], GrantedRow>(
      `INSERT INTO seen_item (id, feed, state, token, owner, lease_until, attempts, payload, created_at, updated_at)
       SELECT value ->> 'id', @feed, 'claimed', @token, @owner, @leaseUntil, 1, value ->> 'payload', @now, @now
       FROM json_each(@requests)
       WHERE NOT EXISTS (SELECT 1 FROM seen WHERE seen.id = json_each.value ->> 'id')
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
    due: db
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
