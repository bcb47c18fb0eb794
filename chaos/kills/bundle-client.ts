import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

import { threadMark } from '../../scripts/thread-mark.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Packages that stay outside: a native module, and what discord.js uses only where it is installed. */
const external = ['better-sqlite3', 'bufferutil', 'utf-8-validate', 'zlib-sync'];

/** Takes the place of the module that finds the program of a store's threads, which lies beside the bundle. */
const threadFile = `
  export const threadFile = () => new URL('writer-thread.mjs', import.meta.url);
  export const threadMark = ${JSON.stringify(threadMark)};
`;

/**
 * Bundles the program of a client, since a run starts it once a kill: one module is loaded in a third of the time of a
 * thousand.
 *
 * @param folder Where to write it.
 * @returns The path of the program.
 */
export async function bundleClient(folder: string): Promise<string> {
  const file = join(folder, 'client.mjs');
  await Promise.all([
    bundle(here('../../src/store/sqlite/thread.ts'), join(folder, 'writer-thread.mjs'), threadMark),
    bundle(here('client.ts'), file),
  ]);
  return file;
}

async function bundle(input: string, file: string, banner = ''): Promise<void> {
  const found = { name: 'thread-file', load: (id: string) => (id.endsWith('/thread-file.js') ? threadFile : null) };
  const program = await rolldown({ input, platform: 'node', external, plugins: [found], logLevel: 'silent' });
  await program.write({
    file,
    format: 'esm',
    banner,
    codeSplitting: false,
    // The bundle lies outside of the project.
    paths: { 'better-sqlite3': import.meta.resolve('better-sqlite3') },
  });
  await program.close();
}
