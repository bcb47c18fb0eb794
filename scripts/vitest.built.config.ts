// Runs tests on dist/, as a consumer would have it: an import of a file of src/ means what the build made of that file.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

import config from '../vitest.config.ts';

const built = fileURLToPath(new URL('../dist/esm/', import.meta.url));

export default defineConfig({
  ...config,
  resolve: { alias: [{ find: /^(?:\.\.\/)+src\/(.+)\.ts$/, replacement: `${built}$1.js` }] },
});
