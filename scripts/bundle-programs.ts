import { pathToFileURL } from 'node:url';
import { rolldown, type Plugin } from 'rolldown';

import { nativeModule } from './bundle-thread.ts';
import { threadMark } from './thread-mark.ts';

/** Packages that stay outside: a native module, and what discord.js uses only where it is installed. */
const external = ['better-sqlite3', 'bufferutil', 'pg-native', 'utf-8-validate', 'zlib-sync'];

/**
 * Bundles programs that open stores, which tests and chaos runs start again and again: one module is loaded in a third
 * of the time of a thousand. What a program imports only when it needs it, it still loads only then.
 *
 * @param programs The main module of each program, by its name.
 * @param folder Where to write each as `NAME.mjs`. It may lie outside of the project.
 * @param thread The bundled program of their stores' threads: see `bundleThread`.
 * @param plugins Of the bundler, before its own. Default: none.
 */
export async function bundlePrograms(
  programs: Readonly<Record<string, string>>,
  folder: string,
  thread: URL,
  plugins: readonly Plugin[] = [],
): Promise<void> {
  const bundle = await rolldown({
    input: { ...programs },
    platform: 'node',
    external,
    plugins: [
      ...plugins,
      { name: 'thread-file', load: (id) => (id.endsWith('/thread-file.js') ? threadFile(thread) : null) },
    ],
    logLevel: 'silent',
  });
  await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunk-[name].mjs',
    // Half as long, a program is loaded in three quarters of the time. Errors and logs show names of classes.
    minify: { mangle: { keepNames: true }, compress: { keepNames: { function: true, class: true } } },
    paths: { 'better-sqlite3': pathToFileURL(nativeModule).href },
  });
  await bundle.close();
}

/** Takes the place of the module with which a store finds the program of its threads. */
const threadFile = (thread: URL): string => `
  export const threadFile = () => new URL(${JSON.stringify(thread.href)});
  export const threadMark = ${JSON.stringify(threadMark)};
`;
