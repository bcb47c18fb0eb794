import { fileURLToPath } from 'node:url';

import { bundleThread } from '../../scripts/bundle-thread.ts';
import { threadFile } from './thread-file.ts';

/** Bundles the writer thread once for the whole run, as a build does: most tests open a store, and wait for its thread. */
export default async function setup(): Promise<void> {
  await bundleThread(fileURLToPath(threadFile()));
}
