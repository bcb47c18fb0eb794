// Opens a store as a bot does when it starts, and measures the time and the memory. Argument: the path.
import { openSeenStore } from 'sapphire-plugin-seen/store';

import { NEVER_DAYS } from '../databases/sqlite.ts';
import { serve } from './serve.ts';

export interface Opening {
  readonly openMs: number;
  readonly openedBytes: number;
  /** Includes reads and the writer thread. */
  readonly writingBytes: number;
}

await serve<Opening>(async () => async () => {
  const before = process.memoryUsage.rss();
  const startedAt = performance.now();
  const store = await openSeenStore({ path: process.argv[2] ?? '', ttlDays: NEVER_DAYS });
  const openMs = performance.now() - startedAt;
  const openedBytes = process.memoryUsage.rss() - before;
  for (let n = 0; n < 100; n += 1) await store.filterUnseen([`opener-${n}`, `other-${n}`]);
  for (let n = 0; n < 30; n += 1) await store.markSeen(`opener-${n}`);
  const writingBytes = process.memoryUsage.rss() - before;
  await store.close();
  return { openMs, openedBytes, writingBytes };
});
