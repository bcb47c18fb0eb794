// A program in CommonJS that uses the store of the built package. See installed-store.test.ts.
const { openSeenStore } = require('sapphire-plugin-seen/store');
const { mark } = require('./marking-of-any-kind.cjs');

mark(openSeenStore).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
