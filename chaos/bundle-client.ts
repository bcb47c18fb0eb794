import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { bundlePrograms } from '../scripts/bundle-programs.ts';
import { bundleThread, nativeModule } from '../scripts/bundle-thread.ts';

const writerThread = fileURLToPath(new URL('../src/store/sqlite/thread.ts', import.meta.url));

/**
 * Bundles the program of a client, since a run starts it once a kill.
 *
 * @param program Its main module.
 * @param folder Where to write it.
 * @returns The path of the bundle.
 */
export async function bundleClient(program: URL, folder: string): Promise<string> {
  const thread = join(folder, 'writer-thread.cjs');
  await Promise.all([
    bundleThread(writerThread, thread, nativeModule),
    bundlePrograms({ client: fileURLToPath(program) }, folder, pathToFileURL(thread)),
  ]);
  return join(folder, 'client.mjs');
}
