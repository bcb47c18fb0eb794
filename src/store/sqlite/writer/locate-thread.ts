import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { threadFile, threadMark } from './thread-file.js';

const BUNDLED =
  'Leave sapphire-plugin-seen and better-sqlite3 out of the bundle, and install them beside it: external in Rolldown, ' +
  'Rollup, esbuild, tsup and tsdown; externals in webpack and Rspack; ssr.external in Vite';

/**
 * Finds the program of the writer thread.
 *
 * @throws An error that says what to do, where there is no such file or it is another one: a bundler leaves the file
 *   behind, and what then lies in its place may be anything, even the bot itself.
 */
export function locateThread(): URL {
  const file = locateFile();
  if (!existsSync(file)) throw new Error(`${fileURLToPath(file)}, its writer thread, is missing. ${BUNDLED}`);
  if (!isMarked(file)) throw new Error(`${fileURLToPath(file)} is not its writer thread, of this version. ${BUNDLED}`);
  return file;
}

/** Where a bundle has put this module it may not know its own place: `import.meta.url` or `__dirname` is missing. */
function locateFile(): URL {
  try {
    return threadFile();
  } catch (cause) {
    throw new Error(`its writer thread cannot be found from within a bundle. ${BUNDLED}`, { cause });
  }
}

function isMarked(file: URL): boolean {
  const start = Buffer.alloc(Buffer.byteLength(threadMark));
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, start);
  } finally {
    closeSync(descriptor);
  }
  return start.toString() === threadMark;
}
