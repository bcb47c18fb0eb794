// A worker thread that opens the store by its configuration, waits for all others, claims, and reports what it got.
import { parentPort, workerData } from 'node:worker_threads';

import { openSeenStore, type SeenStoreOptions } from '../../../src/store/index.ts';

export interface ClaimingTask {
  readonly options: SeenStoreOptions;
  readonly ids: readonly string[];
  /** Threads that are ready, counted in its only element. */
  readonly ready: Int32Array<SharedArrayBuffer>;
  readonly threads: number;
}

const { options, ids, ready, threads } = workerData as ClaimingTask;
const store = await openSeenStore(options);
if (Atomics.add(ready, 0, 1) + 1 === threads) Atomics.notify(ready, 0);
for (let seen = Atomics.load(ready, 0); seen < threads; seen = Atomics.load(ready, 0)) Atomics.wait(ready, 0, seen, 10);
const granted: string[] = [];
for (let start = 0; start < ids.length; start += 10) {
  granted.push(...(await store.claim(ids.slice(start, start + 10))).map(({ id }) => id));
}
await store.close();
parentPort?.postMessage(granted);
