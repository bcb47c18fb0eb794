import { SeenConfigError } from '../errors.ts';
import type { ResolvedSeenStoreOptions } from '../options.ts';
import type { SeenStore } from '../contract/seen-store.ts';
import { connect } from './connection.ts';
import { keepTidy } from './maintenance.ts';
import { Reader } from './reader.ts';
import { SqliteSeenStore } from './store.ts';
import { Writer } from './writer/client.ts';

export function openSqliteSeenStore(options: ResolvedSeenStoreOptions): SeenStore {
  const { path, logger } = options;
  if (path === ':memory:') throw new SeenConfigError('path must be a file: a store in memory has no second thread.');
  const opened = connect(options);
  logger.info('seen_store_initialized', { path, wal_mode: opened.db.pragma('journal_mode', { simple: true }) });
  const reader = new Reader(opened, options);
  const writer = new Writer(options, reader);
  const store = new SqliteSeenStore(reader, writer);
  store.runUntilClosed((signal) => keepTidy(store, writer, options, signal));
  return store;
}
