import { join } from 'node:path';

import { openSeenStore } from '../../src/store/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import type { Backend } from './backend.ts';
import { describeClaims } from './claims.ts';
import { describeCycles } from './cycles.ts';
import { describeForgetting } from './forgetting.ts';
import { describeHolds } from './holds.ts';
import { describeLedger } from './ledger.ts';
import { describeModel } from './model.ts';
import { describeOwners } from './owners.ts';
import { describeSeenStore } from './seen-store.ts';

const sqlite: Backend = {
  name: 'SQLite',
  newDatabase: () => ({ path: join(temporaryFolder(), 'seen_ids.sqlite') }),
  open: openSeenStore,
};

describeSeenStore(sqlite);
describeClaims(sqlite);
describeOwners(sqlite);
describeLedger(sqlite);
describeForgetting(sqlite);
describeHolds(sqlite);
describeCycles(sqlite);
describeModel(sqlite);
