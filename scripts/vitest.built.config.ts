// Tests that import a file of src/ get the one that the build has made of it: Node's oldest versions run no TypeScript.
import { fileURLToPath } from 'node:url';
import { mergeConfig } from 'vitest/config';

import config from '../vitest.config.ts';

const built = fileURLToPath(new URL('../dist/esm/', import.meta.url));

export default mergeConfig(config, {
  resolve: { alias: [{ find: /^(?:\.\.\/)+src\/(.+)\.ts$/, replacement: `${built}$1.js` }] },
});
