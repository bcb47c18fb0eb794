import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const source = (path: string): string => file(`src/${path}`);

// Programs that tests start compile the sources, each for itself: twice as fast from a cache.
process.env['NODE_COMPILE_CACHE'] ??= file('node_modules/.cache/compile');

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
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/thread-bundle.ts'],
    maxWorkers: '100%',
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
