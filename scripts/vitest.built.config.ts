// Runs tests on dist/, as a consumer would have it: an import of an entry point in src/ means what the build made of it.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

import config from '../vitest.config.ts';

const built = fileURLToPath(new URL('../dist/esm/', import.meta.url));

export default defineConfig({
  ...config,
  resolve: {
    alias: [{ find: /^(?:\.\.\/)+src\/(index|register|(?:store|edgar)\/index)\.ts$/, replacement: `${built}$1.js` }],
  },
});
