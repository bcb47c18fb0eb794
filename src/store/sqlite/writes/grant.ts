import type { Database } from 'better-sqlite3';

import type { ClaimWrites, Grant, GrantTerms, ItemRequest } from '../../port/writes.ts';
import { isDead } from '../../owner.ts';
import type { GrantedRow, PostRow, WithPosts } from '../../rows.ts';
import { isLeased, isOpen, isRetryDue } from '../item-conditions.ts';
import { Losses } from '../losses.ts';
import type { WriteContext } from './context.ts';

/** The token and the lease of one call. */
interface Lease {
  readonly feed: string;
  readonly token: number;
  readonly owner: string;
  readonly now: number;
  readonly leaseUntil: number;
  readonly longestPauseMs: number | null;
}

/** Grants items to an owner. */
export function grantWrites({ db, now, transact, onLoss }: WriteContext): Pick<ClaimWrites, 'claim' | 'claimWaiting'> {
  const knownDead = defineIsDead(db);
  const statements = prepare(db);
  const losses = new Losses(db);

  /** Only inside a transaction: the dead are told from the living once the lock is held. */
  const newLease = ({ feed, owner, leaseMs, longestPauseMs, tokenAfter }: GrantTerms): Lease => {
    knownDead.clear();
    const token = Math.max(losses.highestToken() + 1, tokenAfter + 1, now());
    return { feed, owner, token, now: now(), leaseUntil: now() + leaseMs, longestPauseMs };
  };

  /** The losses go with every grant: a claim that says nothing of them would be posted without a look. */
  const grant = async (terms: GrantTerms, grantItems: (lease: Lease) => WithPosts<GrantedRow>[]): Promise<Grant> => {
    const { isNewLoss, ...granted } = await transact(() => {
      const isNew = losses.highestToken() < terms.tokenAfter && losses.note(now());
      const items = grantItems(newLease(terms));
      return { isNewLoss: isNew, items, losses: losses.find({ ...terms, now: now() }) };
    });
    if (isNewLoss) onLoss('token');
    return granted;
  };

  return {
    claim: (requests, terms) => grant(terms, (lease) => grantAll(statements, requests, lease)),

    claimWaiting: (limit, terms) =>
      grant(terms, (lease) => {
        const ids = statements.due.all({ ...lease, limit });
        return ids.length === 0 ? [] : grantAll(statements, ids.map(withoutPayload), lease);
      }),
  };
}

/**
 * Gives SQL the function `is_dead(owner)`, which is only asked about leases that stand in the way of a grant.
 *
 * @returns The answers, so that it asks once for an owner: to be cleared before each grant.
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
function grantAll(statements: Statements, requests: readonly ItemRequest[], lease: Lease): WithPosts<GrantedRow>[] {
  const json = JSON.stringify(requests);
  const rows = statements.claim.all({ ...lease, requests: json });
  if (rows.length < requests.length) {
    statements.markPosted.run({ requests: json, seconds: Math.floor(lease.now / 1000) });
  }
  if (rows.length === 0) return [];
  if (statements.takeToken.run(lease.token).changes === 0) statements.addToken.run(lease.token);
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
    claim: db.prepare<[Lease & { requests: string }], GrantedRow>(
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
      .prepare<[Lease & { limit: number }], string>(
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
