import { openSeenStore, systemClock, type Clock, type SeenStore } from 'sapphire-plugin-seen/store';

import { NEVER_DAYS } from './sqlite.ts';

/**
 * Opens a store as a user would, and waits until it has looked for expired rows: that takes seconds at ten million rows,
 * in small steps, and would be measured along with what comes first.
 */
export async function openQuietStore(path: string): Promise<SeenStore> {
  const { promise: tidied, resolve } = Promise.withResolvers<void>();
  const clock: Clock = {
    now: () => systemClock.now(),
    sleep: (ms, signal, options) => {
      // Only the wait for the next round of tidying up does not keep the process alive.
      if (options?.ref === false) resolve();
      return systemClock.sleep(ms, signal, options);
    },
  };
  const store = await openSeenStore({ path, clock, ttlDays: NEVER_DAYS });
  await tidied;
  return store;
}

/** The option of a store that names the database: a file, or a server's URL. */
export function namedBy(database: string): { readonly path: string } | { readonly url: string } {
  return database.startsWith('postgres://') ? { url: database } : { path: database };
}
