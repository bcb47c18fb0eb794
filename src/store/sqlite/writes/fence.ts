import type { Database, Statement } from 'better-sqlite3';

import type { Claim, ItemState } from '../../contract/claims.ts';
import type { LostClaim } from '../../errors.ts';
import type { ItemRow } from '../item-rows.ts';

/** What names a claim. */
export type ClaimRef = Pick<Claim, 'id' | 'token'>;

type HolderRow = Pick<ItemRow, 'id' | 'token' | 'owner' | 'state'>;

/** Tells claims that still hold their item from those that do not. Only to be used inside a transaction. */
export class Fence {
  readonly #find: Statement<[ids: string], HolderRow>;

  constructor(db: Database) {
    this.#find = db.prepare(
      'SELECT seen_item.id, token, owner, state FROM json_each(?) JOIN seen_item ON seen_item.id = atom',
    );
  }

  /**
   * Runs `change` for the items whose claims hold them, and returns the evidence for the others. It does not throw: what
   * was done for some claims must not be rolled back because of the others.
   *
   * @param change Gets the ids as a JSON array, all at once: a statement for each took a third longer.
   * @param ended The state of an item that its claim has ended in already: neither held nor lost. A caller that never
   *   heard of its first commit may repeat it.
   */
  whileHeld(claims: readonly ClaimRef[], change: (ids: string) => void, ended?: ItemState): LostClaim[] {
    const rows = new Map(this.#find.all(JSON.stringify(claims.map(({ id }) => id))).map((row) => [row.id, row]));
    const held: string[] = [];
    const lost: LostClaim[] = [];
    for (const claim of distinct(claims)) {
      const row = rows.get(claim.id);
      const own = row?.token === claim.token;
      if (own && row.owner !== null) held.push(claim.id);
      else if (!own || row.state !== ended) lost.push(evidence(claim, row));
    }
    if (held.length > 0) change(JSON.stringify(held));
    return lost;
  }
}

/** A claim that is named twice must not be refused because its first mention ended it. */
function distinct(claims: readonly ClaimRef[]): Iterable<ClaimRef> {
  return new Map(claims.map((claim) => [`${claim.token} ${claim.id}`, claim])).values();
}

function evidence({ id, token }: ClaimRef, row: HolderRow | undefined): LostClaim {
  const { token: currentToken = null, owner: currentOwner = null, state = null } = row ?? {};
  return { id, token, currentToken, currentOwner, state };
}
