import type { Database } from 'better-sqlite3';

import {
  defaultClaimOptions,
  type Claim,
  type ClaimOptions,
  type ClaimRequest,
  type Claims,
  type ClaimWaitingOptions,
  type ReleaseOptions,
} from '../claims.ts';
import { requireIds } from '../ids.ts';
import { toJson } from '../json.ts';
import { isDead, newOwner } from '../owner.ts';
import type { Access } from './access.ts';
import { requireNoneLost, type Fence } from './fence.ts';
import { toClaim, type ItemRow, type PostRow } from './item-rows.ts';

interface Grant {
  readonly feed: string;
  readonly token: number;
  readonly owner: string;
  readonly now: number;
  readonly leaseUntil: number;
  /** JSON array of the owners whose leases count as free. */
  readonly dead: string;
}

/** The claim lifecycle on the tables `seen_item` and `seen_post`. */
export class SqliteClaims implements Claims {
  readonly #access: Access;
  readonly #fence: Fence;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #owner = newOwner();

  constructor(access: Access, fence: Fence) {
    this.#access = access;
    this.#fence = fence;
    this.#statements = prepare(access.db);
  }

  async claim(requests: readonly (string | ClaimRequest)[], options: ClaimOptions = {}): Promise<Claim[]> {
    const wanted = distinctRequests(requests);
    if (wanted.length === 0) return [];
    const json = toJson('the requests', wanted);
    const granted = await this.#access.write('claim', () =>
      this.#statements.claim.all({ ...this.#grant(options), requests: json }),
    );
    return this.#inOrder(
      wanted.map(({ id }) => id),
      granted,
    );
  }

  async claimWaiting(options: ClaimWaitingOptions = {}): Promise<Claim[]> {
    const { limit = defaultClaimOptions.limit } = options;
    const { feed = defaultClaimOptions.feed } = options;
    const waiting = await this.#access.write('claimWaiting', () => {
      const grant = this.#grant(options);
      const due = this.#statements.waiting.all({ feed, limit, now: grant.now, dead: grant.dead });
      if (due.length === 0) return [];
      const requests = JSON.stringify(due.map((id) => ({ id })));
      return this.#inOrder(due, this.#statements.claim.all({ ...grant, requests }));
    });
    return waiting;
  }

  async renew(claims: readonly Claim[], options: Pick<ClaimOptions, 'leaseMs'> = {}): Promise<void> {
    await this.#changeHeld('renew', claims, ({ id }) => this.#statements.renew.run(this.#leaseUntil(options), id));
  }

  async commit(claims: readonly Claim[]): Promise<void> {
    const { markSeen, commit } = this.#statements;
    await this.#changeHeld('commit', this.#uncommitted(claims), ({ id }) => {
      const now = this.#access.now();
      markSeen.run(id, Math.floor(now / 1000));
      commit.run(now, id);
    });
  }

  async release(claims: readonly Claim[], { error, retryAt }: ReleaseOptions = {}): Promise<void> {
    await this.#changeHeld('release', claims, ({ id }) =>
      this.#statements.release.run({
        id,
        error: error ?? null,
        retryAt: retryAt?.getTime() ?? null,
        now: this.#access.now(),
      }),
    );
  }

  async fail(claims: readonly Claim[], error: string): Promise<void> {
    await this.#changeHeld('fail', claims, ({ id }) => this.#statements.fail.run(error, this.#access.now(), id));
  }

  async #changeHeld(operation: string, claims: readonly Claim[], change: (claim: Claim) => void): Promise<void> {
    if (claims.length === 0) return this.#access.requireOpen(operation);
    const lost = await this.#access.write(operation, () => this.#fence.forEachHeld(claims, change));
    requireNoneLost(operation, lost);
  }

  /** Committing again is no error: a caller that never heard of its first commit may repeat it. */
  #uncommitted(claims: readonly Claim[]): readonly Claim[] {
    return this.#access.read('commit', () =>
      claims.filter(({ id, token }) => {
        const row = this.#fence.find(id);
        return !(row?.token === token && row.state === 'posted');
      }),
    );
  }

  #grant(options: ClaimOptions): Grant {
    const { nextToken, leaseOwners } = this.#statements;
    const now = this.#access.now();
    return {
      feed: options.feed ?? defaultClaimOptions.feed,
      token: nextToken.get() ?? 0,
      owner: this.#owner,
      now,
      leaseUntil: this.#leaseUntil(options),
      dead: JSON.stringify(leaseOwners.all(now).filter((owner) => isDead(owner))),
    };
  }

  #leaseUntil({ leaseMs = defaultClaimOptions.leaseMs }: Pick<ClaimOptions, 'leaseMs'>): number {
    return this.#access.now() + leaseMs;
  }

  #inOrder(ids: readonly string[], granted: readonly ItemRow[]): Claim[] {
    const rows = new Map(granted.map((row) => [row.id, row]));
    return ids.flatMap((id) => {
      const row = rows.get(id);
      return row === undefined ? [] : [toClaim(row, this.#statements.posts.all(id))];
    });
  }
}

function distinctRequests(requests: readonly (string | ClaimRequest)[]): ClaimRequest[] {
  const all = requests.map((request) => (typeof request === 'string' ? { id: request } : request));
  requireIds(all.map(({ id }) => id));
  return [...new Map(all.map((request) => [request.id, request])).values()];
}

/**
 * The claim is one conditional insert, so that nothing can come between the look and the grant. An item that was
 * posted and then forgotten by a purge begins anew.
 */
function prepare(db: Database) {
  return {
    nextToken: db.prepare<[], number>('UPDATE seen_token SET value = value + 1 RETURNING value').pluck(),
    leaseOwners: db
      .prepare<[now: number], string>('SELECT DISTINCT owner FROM seen_item WHERE lease_until > ?')
      .pluck(),
    claim: db.prepare<[Grant & { requests: string }], ItemRow>(`
      INSERT INTO seen_item (id, feed, state, token, owner, lease_until, attempts, payload, created_at, updated_at)
      SELECT value ->> 'id', @feed, 'claimed', @token, @owner, @leaseUntil, 1, value -> 'payload', @now, @now
      FROM json_each(@requests)
      WHERE NOT EXISTS (SELECT 1 FROM seen WHERE seen.id = value ->> 'id')
      ON CONFLICT (id) DO UPDATE SET
        state = iif(state = 'posted', 'claimed', state),
        attempts = iif(state = 'posted', 1, attempts + 1),
        token = excluded.token,
        owner = excluded.owner,
        lease_until = excluded.lease_until,
        payload = coalesce(excluded.payload, payload),
        retry_at = NULL,
        updated_at = excluded.updated_at
      WHERE state <> 'failed'
        AND (retry_at IS NULL OR retry_at <= @now)
        AND (lease_until IS NULL OR lease_until <= @now OR owner IN (SELECT value FROM json_each(@dead)))
      RETURNING *`),
    waiting: db
      .prepare<[Pick<Grant, 'feed' | 'now' | 'dead'> & { limit: number }], string>(
        `SELECT id FROM seen_item
         WHERE feed = @feed AND state IN ('claimed', 'enriched', 'posting')
           AND (retry_at IS NULL OR retry_at <= @now)
           AND (lease_until IS NULL OR lease_until <= @now OR owner IN (SELECT value FROM json_each(@dead)))
           AND NOT EXISTS (SELECT 1 FROM seen WHERE seen.id = seen_item.id)
         ORDER BY created_at, id LIMIT @limit`,
      )
      .pluck(),
    posts: db.prepare<[id: string], PostRow>('SELECT * FROM seen_post WHERE item_id = ? ORDER BY channel_id'),
    renew: db.prepare<[leaseUntil: number, id: string]>('UPDATE seen_item SET lease_until = ? WHERE id = ?'),
    markSeen: db.prepare<[id: string, ts: number]>(
      'INSERT INTO seen (id, ts) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET ts = excluded.ts',
    ),
    commit: db.prepare<[now: number, id: string]>(
      `UPDATE seen_item SET state = 'posted', owner = NULL, lease_until = NULL, last_error = NULL,
         payload = NULL, enrichment = NULL, updated_at = ? WHERE id = ?`,
    ),
    release: db.prepare<[{ id: string; error: string | null; retryAt: number | null; now: number }]>(
      `UPDATE seen_item SET owner = NULL, lease_until = NULL, retry_at = @retryAt, updated_at = @now,
         last_error = coalesce(@error, last_error), attempts = attempts - (@error IS NULL) WHERE id = @id`,
    ),
    fail: db.prepare<[error: string, now: number, id: string]>(
      `UPDATE seen_item SET state = 'failed', owner = NULL, lease_until = NULL, retry_at = NULL,
         last_error = ?, updated_at = ? WHERE id = ?`,
    ),
  };
}
