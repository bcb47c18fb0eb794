import { join } from 'node:path';

import { openSeenStore } from '../../src/store/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { describeSeenStore } from './seen-store.ts';

describeSeenStore({
  name: 'SQLite',
  newDatabase: () => ({ path: join(temporaryFolder(), 'seen_ids.sqlite') }),
  open: openSeenStore,
});
