// A program in ES modules that uses the store of the built package. See installed-store.test.ts.
import { openSeenStore } from 'sapphire-plugin-seen/store';
import { mark } from './marking-of-any-kind.cjs';

mark(openSeenStore).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
