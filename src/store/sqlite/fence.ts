import type { Database, Statement } from 'better-sqlite3';

import type { Claim } from '../claims.ts';
import { SeenClaimLostError, type LostClaim } from '../errors.ts';
import type { ItemRow } from './item-rows.ts';

/** Tells claims that still hold their item from those that do not. Only to be used inside a write. */
export class Fence {
  readonly #find: Statement<[id: string], ItemRow>;

  constructor(db: Database) {
    this.#find = db.prepare('SELECT * FROM seen_item WHERE id = ?');
  }

  find(id: string): ItemRow | undefined {
    return this.#find.get(id);
  }

  /** Runs `change` for every claim that holds its item, and returns the evidence for the others. */
  forEachHeld(claims: readonly Claim[], change: (claim: Claim) => void): LostClaim[] {
    const lost: LostClaim[] = [];
    for (const claim of claims) {
      const row = this.find(claim.id);
      if (row?.token === claim.token && row.owner !== null) change(claim);
      else lost.push(evidence(claim, row));
    }
    return lost;
  }
}

/** Throws once the write is over: what was done for the other claims must not be rolled back. */
export function requireNoneLost(operation: string, lost: readonly LostClaim[]): void {
  if (lost.length > 0) throw new SeenClaimLostError(operation, lost);
}

function evidence({ id, token }: Claim, row: ItemRow | undefined): LostClaim {
  const { token: currentToken = null, owner: currentOwner = null, state = null } = row ?? {};
  return { id, token, currentToken, currentOwner, state };
}
