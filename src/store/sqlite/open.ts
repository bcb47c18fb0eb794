import type { ResolvedSeenStoreOptions } from '../options.ts';
import type { SeenStore } from '../seen-store.ts';
import { connect } from './connection.ts';
import { keepPurged } from './maintenance.ts';
import { SqliteSeenStore } from './store.ts';

export function openSqliteSeenStore(options: ResolvedSeenStoreOptions): SeenStore {
  const store = new SqliteSeenStore(connect(options), options);
  store.runUntilClosed((signal) => keepPurged(store, options, signal));
  return store;
}
