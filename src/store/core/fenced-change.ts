import type { Change } from '../port/change.ts';
import type { Claim } from '../contract/claims.ts';
import { SeenClaimLostError, type LostClaim } from '../errors.ts';
import { partsOf } from '../turns.ts';
import { claimRefs } from './claim-input.ts';
import type { StoreContext } from './context.ts';

/**
 * Makes a fenced change, a part of the claims after the other. Each part is made whole or not at all.
 *
 * @throws {SeenClaimLostError} with the evidence, once the change is committed for the claims that were not lost.
 */
export async function change(context: StoreContext, claims: readonly Claim[], wanted: Change): Promise<void> {
  context.requireOpen(wanted.kind);
  const lost: LostClaim[] = [];
  for (const part of partsOf(await claimRefs(claims))) {
    lost.push(...(await context.backend.writes.change(part, context.owner, wanted)));
  }
  if (lost.length > 0) throw new SeenClaimLostError(wanted.kind, lost);
}
