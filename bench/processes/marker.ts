// Another bot on the same file: marks one id after the other, with short pauses, and measures each.
import { setTimeout as delay } from 'node:timers/promises';
import { openSeenStore } from 'sapphire-plugin-seen/store';

import { NEVER_DAYS } from '../databases/sqlite.ts';
import { serve } from './serve.ts';

await serve(async () => {
  const store = await openSeenStore({ path: process.argv[2] ?? '', ttlDays: NEVER_DAYS });
  await store.markSeen('other-start');
  return async (stopped) => {
    const waits: number[] = [];
    while (!stopped.aborted) {
      const startedAt = performance.now();
      await store.markSeen(`other-${waits.length}`);
      waits.push(performance.now() - startedAt);
      await delay(3);
    }
    await store.close();
    return waits;
  };
});
