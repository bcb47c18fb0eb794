import type { ItemState } from '../../contract/claims.ts';
import type { LostClaim } from '../../errors.ts';
import type { ClaimRef } from '../../port/change.ts';
import type { ItemRow } from '../../rows.ts';
import type { Database } from '../database.ts';
import { isOneOf } from '../id-list.ts';
import { isOutOfService, requireDatabaseInService } from '../service.ts';
import type { Session } from '../session.ts';
import type { OwnedChange } from './owned-change.ts';

type OwnerRow = Pick<ItemRow, 'id' | 'token' | 'owner' | 'state'>;

/** Tells claims that own their item from those that do not. */
export class Fence {
  readonly #database: Database;
  readonly #owned: string;
  readonly #present: string;

  constructor(database: Database) {
    this.#database = database;
    const { tables, now } = database;
    this.#owned = `
      owned AS MATERIALIZED (
        SELECT found.id, found.token
        FROM (SELECT * FROM unnest($1::text[], $2::bigint[]) AS claim (id, token) ORDER BY id COLLATE "C") AS claim
        CROSS JOIN LATERAL (
          SELECT id, token FROM ${tables.item} WHERE id = claim.id AND token = claim.token AND owner = $3 FOR UPDATE
        ) AS found
        WHERE NOT ${isOutOfService(database)}
      ),
      moment AS MATERIALIZED (SELECT ${now} AS now FROM owned HAVING count(*) > 0)`;
    this.#present = `SELECT id, token, owner, state FROM ${tables.item} WHERE id ${isOneOf('$1')}`;
  }

  /**
   * Changes what the claims own, in one statement. It locks the items in the order of their ids, and compares the token
   * and the owner once it has them: a failover to an older copy may have given the same token twice.
   *
   * @returns The claims that own nothing.
   */
  async changeOwned(
    session: Session,
    { claims, owner }: { readonly claims: readonly ClaimRef[]; readonly owner: string },
    { statements, values }: OwnedChange,
  ): Promise<readonly ClaimRef[]> {
    const made = statements.map((change, index) => `, change_${index} AS (${change})`).join('');
    const owned = await session.rows<ClaimRef>(`WITH ${this.#owned}${made} SELECT id, token FROM owned`, [
      claims.map(({ id }) => id),
      claims.map(({ token }) => token),
      owner,
      ...values,
    ]);
    const names = new Set(owned.map(nameOf));
    return claims.filter((claim) => !names.has(nameOf(claim)));
  }

  /**
   * Finds the evidence for claims that own nothing.
   *
   * @param ended The states in which a claim may already have ended by the very change: it is not lost.
   * @throws {SeenStoreOpenError} where the whole database is out of service.
   */
  async findLost(session: Session, claims: readonly ClaimRef[], ended: readonly ItemState[]): Promise<LostClaim[]> {
    if (claims.length === 0) return [];
    await requireDatabaseInService(session, this.#database);
    const rows = await session.rows<OwnerRow>(this.#present, [claims.map(({ id }) => id)]);
    const present = new Map(rows.map((row) => [row.id, row]));
    return claims.flatMap((claim) => {
      const row = present.get(claim.id);
      return hasEnded(claim, row, ended) ? [] : [evidence(claim, row)];
    });
  }
}

function hasEnded({ token }: ClaimRef, row: OwnerRow | undefined, ended: readonly ItemState[]): boolean {
  return row?.token === token && row.owner === null && ended.includes(row.state);
}

function evidence({ id, token }: ClaimRef, row: OwnerRow | undefined): LostClaim {
  const { token: currentToken = null, owner: currentOwner = null, state = null } = row ?? {};
  return { id, token, currentToken, currentOwner, state };
}

function nameOf({ id, token }: ClaimRef): string {
  return `${token} ${id}`;
}
