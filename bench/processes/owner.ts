// Claims items and keeps them, until it is killed or stopped. Argument: the task as JSON.
import { openSeenStore } from 'sapphire-plugin-seen/store';

import { namedBy } from '../databases/open.ts';
import { NEVER_DAYS } from '../databases/sqlite.ts';
import { serve } from './serve.ts';

export interface OwnerTask {
  readonly database: string;
  readonly feed: string;
  readonly ids: readonly string[];
  readonly leaseMs: number;
}

const { database, feed, ids, leaseMs } = JSON.parse(process.argv[2] ?? '') as OwnerTask;
await serve<number>(async () => {
  const store = await openSeenStore({ ...namedBy(database), ttlDays: NEVER_DAYS });
  const claims = await store.claim(ids, { feed, leaseMs });
  if (claims.length < ids.length) throw new Error(`Only ${claims.length} of ${ids.length} items were granted.`);
  return async (stopped) => {
    await new Promise((resolve) => stopped.addEventListener('abort', resolve));
    return claims.length;
  };
});
