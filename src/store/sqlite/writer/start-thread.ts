import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { threadFile, threadMark } from './thread-file.js';

const BUNDLED =
  'Leave sapphire-plugin-seen and better-sqlite3 out of the bundle, and install them beside it: external in ' +
  'Rolldown, Rollup, esbuild, tsup and tsdown; externals in webpack and Rspack; ssr.external in Vite';

/**
 * Starts a thread of a store. Its `workerData` says what it is to do.
 *
 * The flags of the process are not passed on, since `--input-type` and `--import` are about the bot. One flag is given
 * for a bot that keeps symbolic links in the paths of its modules: the thread has to find its packages from such a path
 * too. In any other bot the path has no links, and the flag does nothing.
 */
export function startThread(name: string, workerData: object): Worker {
  const file = locateThread();
  const execArgv = ['--preserve-symlinks-main', ...plugAndPlayFlags(file)];
  return new Worker(file, { workerData, name, execArgv });
}

/** With Yarn's Plug'n'Play, the thread has to load what finds packages, and files in archives, as the process did. */
function plugAndPlayFlags(file: URL): readonly string[] {
  if (process.versions['pnp'] === undefined) return [];
  return ['--require', createRequire(file).resolve('pnpapi')];
}

/**
 * Finds the program of the writer thread, which must be the one that belongs to this package: a bundler leaves it
 * behind, and what lies in its place then may be anything, even the bot itself.
 *
 * @throws An error that says what to do, when there is no such program or no thread may be started.
 */
export function locateThread(): URL {
  const { permission } = process;
  if (permission !== undefined && !permission.has('worker')) {
    throw new Error("Node's permission model forbids its writer thread. Start Node with --allow-worker");
  }
  if (!existsSync(workingFolder())) {
    throw new Error('the working directory was deleted, where Node starts no thread. Start the bot in one that exists');
  }
  const file = locateFile();
  if (!existsSync(file)) throw new Error(`${fileURLToPath(file)}, its writer thread, is missing. ${BUNDLED}`);
  if (!isMarked(file)) throw new Error(`${fileURLToPath(file)} is not its writer thread, of this version. ${BUNDLED}`);
  return file;
}

/** A bundle may have put this module where it does not know its own place: without `import.meta.url` or `__dirname`. */
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

/** Empty where there is none any more. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return '';
  }
}
