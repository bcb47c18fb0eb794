import type { Database, Statement } from 'better-sqlite3';

import type { ClaimRef } from '../../port/change.ts';
import type { ItemState } from '../../contract/claims.ts';
import type { LostClaim } from '../../errors.ts';
import type { ItemRow } from '../../rows.ts';

type OwnerRow = Pick<ItemRow, 'id' | 'token' | 'owner' | 'state'>;

/** Claims, parted into those that own their item and those that do not. */
export interface Fenced {
  /** Ids of the items that their claims own. */
  readonly owned: readonly string[];
  /** The evidence for the others. */
  readonly lost: readonly LostClaim[];
}

/** Tells claims that own their item from those that do not. Only to be used inside a transaction. */
export class Fence {
  readonly #find: Statement<[ids: string], OwnerRow>;

  constructor(db: Database) {
    this.#find = db.prepare(
      'SELECT seen_item.id, token, owner, state FROM json_each(?) JOIN seen_item ON seen_item.id = atom',
    );
  }

  /**
   * Compares the token and the owner. Two files may have given the same token, where one of them took the other's place.
   *
   * @param ended The state of an item that its claim may already have ended in: neither owned nor lost. A caller that
   *   never heard of its first commit may repeat it, also after a restart, under another name.
   */
  check(
    { claims, owner }: { readonly claims: readonly ClaimRef[]; readonly owner: string },
    ended?: ItemState,
  ): Fenced {
    const rows = new Map(this.#find.all(JSON.stringify(claims.map(({ id }) => id))).map((row) => [row.id, row]));
    const owned: string[] = [];
    const lost: LostClaim[] = [];
    for (const claim of claims) {
      const row = rows.get(claim.id);
      const isCurrent = row?.token === claim.token;
      if (isCurrent && row.owner === owner) owned.push(claim.id);
      else if (!isCurrent || row.owner !== null || row.state !== ended) lost.push(evidence(claim, row));
    }
    return { owned, lost };
  }
}

function evidence({ id, token }: ClaimRef, row: OwnerRow | undefined): LostClaim {
  const { token: currentToken = null, owner: currentOwner = null, state = null } = row ?? {};
  return { id, token, currentToken, currentOwner, state };
}
