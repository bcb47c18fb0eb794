import type { Change, ClaimRef } from '../backend.ts';
import type { Claim } from '../contract/claims.ts';
import { SeenClaimLostError } from '../errors.ts';
import type { StoreContext } from './context.ts';

/**
 * Makes a fenced change.
 *
 * @throws {SeenClaimLostError} with the evidence, once the change is committed for the claims that were not lost.
 */
export async function change(context: StoreContext, claims: readonly Claim[], wanted: Change): Promise<void> {
  context.requireOpen(wanted.kind);
  if (claims.length === 0) return;
  const lost = await context.backend.writes.change(claims.map(toRef), wanted);
  if (lost.length > 0) throw new SeenClaimLostError(wanted.kind, lost);
}

/** A claim's name without its payload, which stays in this thread. */
function toRef({ id, token }: Claim): ClaimRef {
  return { id, token };
}
