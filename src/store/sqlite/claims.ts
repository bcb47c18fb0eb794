import { claimLimit, leaseLength, retryTime, storedRequests } from '../claim-input.ts';
import {
  defaultClaimOptions,
  type Claim,
  type ClaimOptions,
  type ClaimRequest,
  type Claims,
  type ClaimWaitingOptions,
  type ItemState,
  type ReleaseOptions,
} from '../claims.ts';
import { isDead, newOwner } from '../owner.ts';
import type { Access } from './access.ts';
import {
  prepareGranting,
  prepareHolding,
  type Grant,
  type GrantStatements,
  type HoldStatements,
} from './claim-statements.ts';
import { requireNoneLost, type Fence } from './fence.ts';
import { toClaim } from './item-rows.ts';

/** The claim lifecycle on the tables `seen_item` and `seen_post`. */
export class SqliteClaims implements Claims {
  readonly #access: Access;
  readonly #fence: Fence;
  readonly #granting: GrantStatements;
  readonly #holding: HoldStatements;
  readonly #owner = newOwner();

  constructor(access: Access, fence: Fence) {
    this.#access = access;
    this.#fence = fence;
    this.#granting = prepareGranting(access.db);
    this.#holding = prepareHolding(access.db);
  }

  async claim(requests: readonly (string | ClaimRequest)[], options: ClaimOptions = {}): Promise<Claim[]> {
    const wanted = storedRequests(requests);
    const leaseMs = leaseLength(options);
    this.#access.requireOpen('claim');
    if (wanted.length === 0) return [];
    const ids = wanted.map(({ id }) => id);
    const json = JSON.stringify(wanted);
    return this.#access.write('claim', () => this.#take(ids, json, this.#grant(options, leaseMs)));
  }

  async claimWaiting(options: ClaimWaitingOptions = {}): Promise<Claim[]> {
    const limit = claimLimit(options.limit);
    const leaseMs = leaseLength(options);
    return this.#access.write('claimWaiting', () => {
      const grant = this.#grant(options, leaseMs);
      const due = this.#granting.waiting.all({ feed: grant.feed, limit, now: grant.now, dead: grant.dead });
      return due.length === 0 ? [] : this.#take(due, JSON.stringify(due.map((id) => ({ id }))), grant);
    });
  }

  async renew(claims: readonly Claim[], options: Pick<ClaimOptions, 'leaseMs'> = {}): Promise<void> {
    const leaseMs = leaseLength(options);
    await this.#changeHeld('renew', claims, ({ id }, now) => this.#holding.renew.run(now + leaseMs, id));
  }

  async commit(claims: readonly Claim[]): Promise<void> {
    const commit = ({ id }: Claim, now: number): void => {
      this.#holding.markSeen.run(id, Math.floor(now / 1000));
      this.#holding.commit.run(now, id);
    };
    await this.#changeHeld('commit', claims, commit, 'posted');
  }

  async release(claims: readonly Claim[], options: ReleaseOptions = {}): Promise<void> {
    const { error = null } = options;
    const retryAt = retryTime(options);
    await this.#changeHeld('release', claims, ({ id }, now) => this.#holding.release.run({ id, error, retryAt, now }));
  }

  async fail(claims: readonly Claim[], error: string): Promise<void> {
    await this.#changeHeld('fail', claims, ({ id }, now) => this.#holding.fail.run(error, now, id));
  }

  async #changeHeld(
    operation: string,
    claims: readonly Claim[],
    change: (claim: Claim, now: number) => void,
    ended?: ItemState,
  ): Promise<void> {
    if (claims.length === 0) return this.#access.requireOpen(operation);
    const lost = await this.#access.write(operation, () => {
      const now = this.#access.now();
      return this.#fence.forEachHeld(claims, (claim) => change(claim, now), ended);
    });
    requireNoneLost(operation, lost);
  }

  /** Only inside a write: the clock is read, and the dead are told from the living, once the lock is held. */
  #grant({ feed = defaultClaimOptions.feed }: ClaimOptions, leaseMs: number): Grant {
    const now = this.#access.now();
    return {
      feed,
      token: this.#granting.nextToken.get() ?? 0,
      owner: this.#owner,
      now,
      leaseUntil: now + leaseMs,
      dead: JSON.stringify(this.#granting.leaseOwners.all(now).filter((owner) => isDead(owner))),
    };
  }

  /** The granted items, in the order of `ids`. */
  #take(ids: readonly string[], requests: string, grant: Grant): Claim[] {
    this.#granting.forgetPosts.run(requests);
    const granted = new Map(this.#granting.claim.all({ ...grant, requests }).map((row) => [row.id, row]));
    return ids.flatMap((id) => {
      const row = granted.get(id);
      return row === undefined ? [] : [toClaim(row, this.#granting.posts.all(id))];
    });
  }
}
