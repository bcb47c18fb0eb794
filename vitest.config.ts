import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

import { secondAttempts } from './test/support/second-attempts.ts';

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const source = (path: string): string => file(`src/${path}`);

// Programs that tests start compile the sources, each for itself: twice as fast from a cache.
process.env['NODE_COMPILE_CACHE'] ??= file('node_modules/.cache/compile');

/** The tests that change Sapphire, a module or a thread for their whole process. All others share processes. */
const alone = [
  'test/local/discord/sapphire.test.ts',
  'test/plugins/plugin.test.ts',
  'test/store/callbacks.test.ts',
  'test/store/clock.test.ts',
  'test/store/counts.test.ts',
  'test/store/driver.test.ts',
  'test/store/owner.test.ts',
  'test/store/writer-thread.test.ts',
];

export default defineConfig({
  resolve: {
    alias: [
      { find: /^sapphire-plugin-seen$/, replacement: source('index.ts') },
      { find: /^sapphire-plugin-seen\/register$/, replacement: source('register.ts') },
      { find: /^sapphire-plugin-seen\/(store|edgar)$/, replacement: source('$1/index.ts') },
      { find: /^\.\/thread-file\.js$/, replacement: file('test/support/thread-file.ts') },
    ],
  },
  test: {
    projects: [
      {
        extends: true,
        resolve: {
          alias: [
            { find: /^(?:\.|\.\.\/writer)\/start-thread\.ts$/, replacement: file('test/support/kept-threads.ts') },
          ],
        },
        test: { name: 'together', include: ['test/**/*.test.ts'], exclude: alone, isolate: false },
      },
      { extends: true, test: { name: 'alone', include: alone } },
    ],
    // A poll may wait for a thread or a process, on a busy machine.
    expect: { poll: { timeout: 10_000 } },
    globalSetup: ['test/support/bundles.ts', 'test/support/postgres-server.ts'],
    // Half of the time, a worker waits for a thread, a process or a timer: another one uses it. A percentage would be cut
    // to the number of processors.
    maxWorkers: 2 * availableParallelism(),
    // On a busy machine, a test may take thirty times as long as alone.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The machine of CI may stand still in the middle of a test.
    retry: process.env['CI'] ? 1 : 0,
    reporters: ['default', secondAttempts],
  },
});
