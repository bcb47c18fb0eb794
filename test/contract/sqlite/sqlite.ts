import { join } from 'node:path';

import { openSeenStore } from '../../../src/store/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import type { ContractBackend } from '../backend.ts';

/** The contract's parts are test files of their own, so that they run beside each other. */
export const sqlite: ContractBackend = {
  name: 'SQLite',
  newDatabase: () => ({ path: join(temporaryFolder(), 'seen_ids.sqlite') }),
  open: openSeenStore,
};
