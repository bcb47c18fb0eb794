// A worker thread that opens the store by its configuration, marks its own ids and reports what it sees of all.
import { parentPort, workerData } from 'node:worker_threads';

import { openSeenStore, type SeenStoreOptions } from '../../../src/store/index.ts';

export interface MarkingTask {
  readonly options: SeenStoreOptions;
  readonly own: readonly string[];
}

const { options, own } = workerData as MarkingTask;
const store = await openSeenStore(options);
for (const id of own) await store.markSeen(id);
const unseen = await store.filterUnseen(own);
await store.close();
parentPort?.postMessage(unseen);
