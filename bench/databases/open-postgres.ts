import { openSeenStore, type PostgresPool, type SeenStore } from 'sapphire-plugin-seen/store';

import { NEVER_DAYS } from './sqlite.ts';

/** Opens a store over a pool, and waits until it has made its first connection and looked for expired rows. */
export async function openOverPool(pool: PostgresPool): Promise<SeenStore> {
  const store = await openSeenStore({ pool, ttlDays: NEVER_DAYS });
  await store.filterUnseen(['warm-up']);
  return store;
}
