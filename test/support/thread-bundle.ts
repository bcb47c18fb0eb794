import { fileURLToPath } from 'node:url';

import { bundleThread } from '../../scripts/bundle-thread.ts';
import { keptThreadFile, threadFile } from './thread-file.ts';

/** Bundles the threads' programs once for the whole run, as a build does: most tests open a store, and wait for its thread. */
export default async function setup(): Promise<void> {
  await Promise.all([
    bundleThread('src/store/sqlite/thread.ts', fileURLToPath(threadFile())),
    bundleThread('test/support/programs/kept-thread.ts', fileURLToPath(keptThreadFile())),
  ]);
}
