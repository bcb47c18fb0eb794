import { onTestFinished } from 'vitest';

import { SeenClaimLostError, type Claim, type LostClaim } from '../../src/store/index.ts';
import type { SeenStore, SeenStoreOptions } from '../../src/store/index.ts';
import { settableClock, type SettableClock } from '../support/settable-clock.ts';
import type { ContractBackend } from './backend.ts';

/** A store that closes when the running test ends. */
export async function openUntilFinished(backend: ContractBackend, options?: SeenStoreOptions): Promise<SeenStore> {
  const store = await backend.open(options ?? (await backend.newDatabase()));
  onTestFinished(() => store.close());
  return store;
}

export interface Owner {
  readonly one: SeenStore;
  readonly clock: SettableClock;
  /** Opens a further store on the same database, with the same clock. */
  reopen(): Promise<SeenStore>;
}

/** An owner on a new database, with a clock that the test moves. */
export async function openOne(backend: ContractBackend): Promise<Owner> {
  const clock = settableClock();
  const options = { ...(await backend.newDatabase()), clock };
  const reopen = (): Promise<SeenStore> => openUntilFinished(backend, options);
  return { one: await reopen(), clock, reopen };
}

/** Two owners on one new database, who share a clock that the test moves. */
export async function openPair(backend: ContractBackend): Promise<Owner & { readonly other: SeenStore }> {
  const owner = await openOne(backend);
  return { ...owner, other: await owner.reopen() };
}

/** Claims one item. */
export async function claimOne(store: SeenStore, id: string, payload?: unknown): Promise<Claim> {
  const [claim] = await store.claim([{ id, payload }]);
  if (claim === undefined) throw new Error(`${id} was not granted`);
  return claim;
}

export function idsOf(claims: readonly Claim[]): string[] {
  return claims.map(({ id }) => id);
}

/** The evidence of a refusal; null when the operation was let through. */
export async function lostBy(operation: Promise<unknown>): Promise<readonly LostClaim[] | null> {
  try {
    await operation;
    return null;
  } catch (error) {
    if (error instanceof SeenClaimLostError) return error.lost;
    throw error;
  }
}
