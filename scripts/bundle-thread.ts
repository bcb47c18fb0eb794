import { rolldown } from 'rolldown';

import { threadMark } from './thread-mark.ts';

/**
 * Bundles the program of a store's threads into one file: a thread that loads one module starts sooner than one that
 * loads thirty. The native module stays outside.
 *
 * @param input The program's main module.
 * @param file Where to write it; a source map goes beside it.
 */
export async function bundleThread(input: string, file: string): Promise<void> {
  const bundle = await rolldown({ input, platform: 'node', external: ['better-sqlite3'] });
  await bundle.write({ file, format: 'esm', sourcemap: true, banner: threadMark });
  await bundle.close();
}
