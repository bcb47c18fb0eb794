import { openSeenStore } from '../../../src/store/index.ts';
import { keepCopy } from '../../support/earlier-copy.ts';
import { emptyDatabase } from '../../support/empty-database.ts';
import type { ContractBackend } from '../backend.ts';

/** The contract's parts are test files of their own, so that they run beside each other. */
export const sqlite: ContractBackend = {
  name: 'SQLite',
  toleratedSetbackMs: 2_000,
  newDatabase: () => Promise.resolve({ path: emptyDatabase() }),
  open: openSeenStore,
  keepCopy: ({ path = '' }) => {
    const putBack = keepCopy(path);
    return Promise.resolve(() => Promise.resolve(putBack()));
  },
};
