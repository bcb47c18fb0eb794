import { join } from 'node:path';

import { openSeenStore, type Clock } from '../../../src/store/index.ts';
import type { SharedDatabase } from './shared-database.ts';
import { storeOptions } from './store-options.ts';

/** Makes a database in a file, closed with the stack. */
export async function openFile(stack: AsyncDisposableStack, folder: string, clock: Clock): Promise<SharedDatabase> {
  const place = { path: join(folder, 'seen.sqlite') };
  const store = await openSeenStore(storeOptions(place, clock));
  stack.defer(() => store.close());
  return { place, store };
}
