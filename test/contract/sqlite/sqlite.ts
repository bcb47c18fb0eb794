import { join } from 'node:path';

import { openSeenStore } from '../../../src/store/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import type { Backend } from '../backend.ts';

/** The contract's parts are test files of their own, so that they run beside each other. */
export const sqlite: Backend = {
  name: 'SQLite',
  newDatabase: () => ({ path: join(temporaryFolder(), 'seen_ids.sqlite') }),
  open: openSeenStore,
};
