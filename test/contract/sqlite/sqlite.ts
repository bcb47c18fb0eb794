import { openSeenStore } from '../../../src/store/index.ts';
import { emptyDatabase } from '../../support/empty-database.ts';
import type { ContractBackend } from '../backend.ts';

/** The contract's parts are test files of their own, so that they run beside each other. */
export const sqlite: ContractBackend = {
  name: 'SQLite',
  newDatabase: () => ({ path: emptyDatabase() }),
  open: openSeenStore,
};
