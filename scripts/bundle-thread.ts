import { createRequire } from 'node:module';
import { rolldown } from 'rolldown';

import { threadMark } from './thread-mark.ts';

/** This project's better-sqlite3, for a bundle that lies outside of the project. */
export const nativeModule = createRequire(import.meta.url).resolve('better-sqlite3');

/**
 * Bundles the program of a store's threads into one file: a thread that loads one module starts sooner than one that
 * loads thirty. The native module stays outside. It is a CommonJS module, which Yarn's Plug'n'Play can load in every bot:
 * an ES module it finds only where the bot has the loader for them.
 *
 * @param input The program's main module.
 * @param file Where to write it.
 * @param native The module that is loaded for better-sqlite3. Default: the one that the file's place leads to.
 */
export async function bundleThread(input: string, file: string, native = 'better-sqlite3'): Promise<void> {
  const bundle = await rolldown({ input, platform: 'node', external: ['better-sqlite3'] });
  const paths = { 'better-sqlite3': native };
  await bundle.write({ file, format: 'cjs', dynamicImportInCjs: false, banner: threadMark, paths });
  await bundle.close();
}
