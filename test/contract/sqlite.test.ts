import { join } from 'node:path';

import { openSeenStore } from '../../src/store/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import type { Backend } from './backend.ts';
import { describeClaims } from './claims.ts';
import { describeSeenStore } from './seen-store.ts';

const sqlite: Backend = {
  name: 'SQLite',
  newDatabase: () => ({ path: join(temporaryFolder(), 'seen_ids.sqlite') }),
  open: openSeenStore,
};

describeSeenStore(sqlite);
describeClaims(sqlite);
