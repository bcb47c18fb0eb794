import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

import { openSeenStore, SeenStoreBusyError, SeenStoreClosedError, type SeenStore } from '../../src/store/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function storeUnderLock(busyTimeoutMs = 30_000): Promise<[SeenStore, ChildProcessWithoutNullStreams]> {
  const path = join(temporaryFolder(), 'seen_ids.sqlite');
  const store = await openSeenStore({ path, busyTimeoutMs });
  onTestFinished(() => store.close());
  const holder = spawn(process.execPath, [fileURLToPath(new URL('../support/lock-holder.ts', import.meta.url)), path]);
  onTestFinished(() => void holder.kill());
  await once(holder.stdout, 'data');
  return [store, holder];
}

test('a mark waits for the lock of another process while the event loop and the reads go on', async () => {
  const [store, holder] = await storeUnderLock();
  let marked = false;
  const marking = store.markSeen('a').then(() => (marked = true));
  for (let turn = 0; turn < 50; turn += 1) expect(await store.isSeen('a')).toBe(false);
  expect(marked).toBe(false);
  holder.stdin.end();
  await marking;
  expect(await store.isSeen('a')).toBe(true);
});

test('a lock that is never released ends in an error that says how long it waited', async () => {
  const [store] = await storeUnderLock(60);
  const error = await store.markSeen('a').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SeenStoreBusyError);
  expect((error as SeenStoreBusyError).waitedMs).toBeGreaterThanOrEqual(60);
  expect(await store.isSeen('a')).toBe(false);
});

test('closing ends a write that still waits', async () => {
  const [store] = await storeUnderLock();
  const marking = expect(store.markSeen('a')).rejects.toThrow(SeenStoreClosedError);
  await store.close();
  await marking;
});
