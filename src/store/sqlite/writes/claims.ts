import type { StoredRequest } from '../../core/claim-input.ts';
import type { ItemState } from '../../contract/claims.ts';
import type { LostClaim } from '../../errors.ts';
import { isDead } from '../../core/owner.ts';
import type { ClaimRow, PostRow } from '../item-rows.ts';
import { prepareGranting, prepareHolding, type Grant, type GrantStatements } from './claim-statements.ts';
import type { WriteContext } from './context.ts';
import type { ClaimRef, Fence } from './fence.ts';

export interface GrantRequest {
  readonly feed: string;
  readonly owner: string;
  readonly leaseMs: number;
}

/** A granted item with what earlier attempts did. */
export interface Granted {
  readonly row: ClaimRow;
  readonly posts: readonly PostRow[];
}

/** The claim lifecycle on the tables `seen_item` and `seen_post`. */
export function claimWrites({ db, now, transact }: WriteContext, fence: Fence) {
  const granting = prepareGranting(db);
  const { renew, markSeen, commit, release, fail } = prepareHolding(db);

  const changeHeld = (
    claims: readonly ClaimRef[],
    change: (ids: string) => void,
    ended?: ItemState,
  ): Promise<LostClaim[]> => transact(() => fence.whileHeld(claims, change, ended));

  return {
    claim: (requests: readonly StoredRequest[], request: GrantRequest): Promise<Granted[]> =>
      transact(() => take(granting, requests, grant(granting, request, now()))),

    claimWaiting: (limit: number, request: GrantRequest): Promise<Granted[]> =>
      transact(() => {
        const granted = grant(granting, request, now());
        const due = granting.waiting.all({ feed: granted.feed, limit, now: granted.now, dead: granted.dead });
        return due.length === 0 ? [] : take(granting, due.map(withoutPayload), granted);
      }),

    renew: (claims: readonly ClaimRef[], leaseMs: number) =>
      changeHeld(claims, (ids) => void renew.run(now() + leaseMs, ids)),

    commit: (claims: readonly ClaimRef[]) =>
      changeHeld(
        claims,
        (ids) => {
          markSeen.run(Math.floor(now() / 1000), ids);
          commit.run(now(), ids);
        },
        'posted',
      ),

    release: (claims: readonly ClaimRef[], error: string | null, retryAt: number | null) =>
      changeHeld(claims, (ids) => void release.run({ ids, error, retryAt, now: now() })),

    fail: (claims: readonly ClaimRef[], error: string) => changeHeld(claims, (ids) => void fail.run(error, now(), ids)),
  };
}

/** Only inside a transaction: the dead are told from the living once the lock is held. */
function grant({ nextToken, leaseOwners }: GrantStatements, request: GrantRequest, now: number): Grant {
  const { feed, owner, leaseMs } = request;
  return {
    feed,
    owner,
    token: nextToken.get() ?? 0,
    now,
    leaseUntil: now + leaseMs,
    dead: JSON.stringify(leaseOwners.all(now).filter((other) => isDead(other))),
  };
}

/** The granted items, in the order of the requests. Where none is granted, nothing is written and no disk waited for. */
function take(statements: GrantStatements, requests: readonly StoredRequest[], granted: Grant): Granted[] {
  const json = JSON.stringify(requests);
  const rows = statements.claim.all({ ...granted, requests: json });
  if (rows.length < requests.length) {
    statements.markPosted.run({ requests: json, seconds: Math.floor(granted.now / 1000) });
  }
  if (rows.length === 0) return [];
  statements.takeToken.run(granted.token);
  const posts = Map.groupBy(statements.posts.all(JSON.stringify(rows.map(({ id }) => id))), (post) => post.item_id);
  const places = new Map(requests.map(({ id }, place) => [id, place]));
  return rows
    .toSorted((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0))
    .map((row) => ({ row, posts: posts.get(row.id) ?? [] }));
}

function withoutPayload(id: string): StoredRequest {
  return { id, payload: null };
}
