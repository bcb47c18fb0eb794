import type { Database, Statement } from 'better-sqlite3';

import type { Claim, ItemState } from '../../claims.ts';
import type { LostClaim } from '../../errors.ts';
import type { ItemRow } from '../item-rows.ts';

/** What names a claim. */
export type ClaimRef = Pick<Claim, 'id' | 'token'>;

/** Tells claims that still hold their item from those that do not. Only to be used inside a transaction. */
export class Fence {
  readonly #find: Statement<[id: string], ItemRow>;

  constructor(db: Database) {
    this.#find = db.prepare('SELECT * FROM seen_item WHERE id = ?');
  }

  /**
   * Runs `change` for every claim that holds its item, and returns the evidence for the others. It does not throw: what
   * was done for some claims must not be rolled back because of the others.
   *
   * @param ended The state of an item that its claim has ended in already: neither held nor lost. A caller that never
   *   heard of its first commit may repeat it.
   */
  forEachHeld(claims: readonly ClaimRef[], change: (claim: ClaimRef) => void, ended?: ItemState): LostClaim[] {
    const lost: LostClaim[] = [];
    for (const claim of distinct(claims)) {
      const row = this.#find.get(claim.id);
      const own = row?.token === claim.token;
      if (own && row.owner !== null) change(claim);
      else if (!own || row.state !== ended) lost.push(evidence(claim, row));
    }
    return lost;
  }
}

/** A claim that is named twice must not be refused because its first mention ended it. */
function distinct(claims: readonly ClaimRef[]): Iterable<ClaimRef> {
  return new Map(claims.map((claim) => [`${claim.token} ${claim.id}`, claim])).values();
}

function evidence({ id, token }: ClaimRef, row: ItemRow | undefined): LostClaim {
  const { token: currentToken = null, owner: currentOwner = null, state = null } = row ?? {};
  return { id, token, currentToken, currentOwner, state };
}
