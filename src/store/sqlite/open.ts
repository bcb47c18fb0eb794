import type { ResolvedSeenStoreOptions } from '../options.ts';
import type { SeenStore } from '../seen-store.ts';
import { Access } from './access.ts';
import { connect } from './connection.ts';
import { keepTidy } from './maintenance.ts';
import { SqliteSeenStore } from './store.ts';

export function openSqliteSeenStore(options: ResolvedSeenStoreOptions): SeenStore {
  const access = new Access(connect(options), options);
  const store = new SqliteSeenStore(access);
  store.runUntilClosed((signal) => keepTidy(store, access, signal));
  return store;
}
