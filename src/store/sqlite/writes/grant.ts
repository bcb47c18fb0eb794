import type { Database } from 'better-sqlite3';

import type { ClaimWrites, GrantTerms, ItemRequest } from '../../port/writes.ts';
import { isDead } from '../../owner.ts';
import type { GrantedRow, PostRow, WithPosts } from '../../rows.ts';
import { isLeased, isOpen, isRetryDue } from '../item-conditions.ts';
import type { WriteContext } from './context.ts';

/** A grant of one call: its token and its lease. */
interface Grant {
  readonly feed: string;
  readonly token: number;
  readonly owner: string;
  readonly now: number;
  readonly leaseUntil: number;
  readonly longestPauseMs: number | null;
}

/** Grants items to an owner. */
export function grantWrites({ db, now, transact }: WriteContext): Pick<ClaimWrites, 'claim' | 'claimWaiting'> {
  const knownDead = defineIsDead(db);
  const statements = prepare(db);

  /** Only inside a transaction: the dead are told from the living once the lock is held. */
  const newGrant = ({ feed, owner, leaseMs, longestPauseMs, tokenAfter }: GrantTerms): Grant => {
    knownDead.clear();
    const token = Math.max((statements.highestToken.get() ?? 0) + 1, tokenAfter + 1, now());
    return { feed, owner, token, now: now(), leaseUntil: now() + leaseMs, longestPauseMs };
  };

  return {
    claim: (requests, terms) => transact(() => grantAll(statements, requests, newGrant(terms))),

    claimWaiting: (limit, terms) =>
      transact(() => {
        const grant = newGrant(terms);
        const ids = statements.due.all({ ...grant, limit });
        return ids.length === 0 ? [] : grantAll(statements, ids.map(withoutPayload), grant);
      }),
  };
}

/**
 * Gives SQL the function `is_dead(owner)`, which is only asked about leases that stand in the way of a grant.
 *
 * @returns What it was told, so that it asks once for an owner: to be cleared before each grant.
 */
function defineIsDead(db: Database): Map<unknown, number> {
  const known = new Map<unknown, number>();
  db.function('is_dead', (owner) => {
    const answer = known.get(owner) ?? Number(typeof owner === 'string' && isDead(owner));
    known.set(owner, answer);
    return answer;
  });
  return known;
}

type Statements = ReturnType<typeof prepare>;

/** Where nothing is granted, nothing is written and no disk waited for. */
function grantAll(statements: Statements, requests: readonly ItemRequest[], grant: Grant): WithPosts<GrantedRow>[] {
  const json = JSON.stringify(requests);
  const rows = statements.claim.all({ ...grant, requests: json });
  if (rows.length < requests.length) {
    statements.markPosted.run({ requests: json, seconds: Math.floor(grant.now / 1000) });
  }
  if (rows.length === 0) return [];
  if (statements.takeToken.run(grant.token).changes === 0) statements.addToken.run(grant.token);
  const posts = Map.groupBy(statements.posts.all(JSON.stringify(rows.map(({ id }) => id))), (post) => post.item_id);
  const places = new Map(requests.map(({ id }, place) => [id, place]));
  return rows
    .toSorted((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0))
    .map((row) => ({ row, posts: posts.get(row.id) ?? [] }));
}

function withoutPayload(id: string): ItemRequest {
  return { id, payload: null };
}

const isDue = `${isRetryDue} AND (NOT ${isLeased} OR is_dead(owner))`;

function prepare(db: Database) {
  return {
    /** The counter may be missing, because somebody emptied its table. */
    highestToken: db
      .prepare<[], number>(
        'SELECT coalesce((SELECT max(value) FROM seen_token), (SELECT max(token) FROM seen_item), 0)',
      )
      .pluck(),
    takeToken: db.prepare<[token: number]>('UPDATE seen_token SET value = ?'),
    addToken: db.prepare<[token: number]>('INSERT INTO seen_token (value) VALUES (?)'),
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
      `INSERT INTO seen_item
         (id, feed, state, token, owner, leased_at, lease_until, attempts, payload, created_at, updated_at,
          first_token, first_index)
       SELECT value ->> 'id', @feed, 'claimed', @token, @owner, @now, @leaseUntil, 1, value ->> 'payload', @now, @now,
         @token, key
       FROM json_each(@requests)
       WHERE NOT EXISTS (SELECT 1 FROM seen WHERE seen.id = json_each.value ->> 'id')
       ON CONFLICT (id) DO UPDATE SET
         attempts = attempts + (begun OR owner IS NULL),
         begun = 0,
         token = excluded.token,
         owner = excluded.owner,
         leased_at = excluded.leased_at,
         lease_until = excluded.lease_until,
         payload = coalesce(excluded.payload, payload),
         retry_at = NULL,
         updated_at = excluded.updated_at
       WHERE state NOT IN ('posted', 'failed') AND ${isDue}
       RETURNING id, feed, token, attempts, last_error, payload, enrichment, created_at, place_token, first_index`,
    ),
    /** In the order of the index, so that it reads little more than it grants. What fails again goes to the end. */
    due: db
      .prepare<[Grant & { limit: number }], string>(
        `SELECT id FROM seen_item INDEXED BY seen_item_open
         WHERE feed = @feed AND ${isOpen} AND ${isDue}
           AND NOT EXISTS (SELECT 1 FROM seen WHERE seen.id = seen_item.id)
         ORDER BY due_since, due_turn, place_token, first_index, id LIMIT @limit`,
      )
      .pluck(),
    posts: db.prepare<[ids: string], PostRow>(
      `SELECT seen_post.* FROM json_each(?) JOIN seen_post ON item_id = atom ORDER BY item_id, channel_id`,
    ),
  };
}
