import { statSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Backend } from '../backend.ts';
import type { ResolvedSeenStoreOptions } from '../options.ts';
import { connect } from './file/connection.ts';
import { locate } from './file/location.ts';
import { openStep } from './file/open-error.ts';
import { ReadConnection } from './reads/connection.ts';
import { sqliteReads } from './reads/index.ts';
import { WriterClient } from './writer/client.ts';
import { locateThread } from './writer/start-thread.ts';

/**
 * The port on a SQLite file. Reads are answered by the calling thread's own connection, at once; writes go to the writer
 * thread, so that the event loop never waits for a lock, the disk or a checkpoint.
 */
export function openSqlite(configured: ResolvedSeenStoreOptions): Backend {
  const options = withLocation(configured);
  const { path, logger } = options;
  const opened = connect(options);
  logger.info('seen_store_initialized', { path, wal_mode: opened.db.pragma('journal_mode', { simple: true }) });
  const connection = new ReadConnection(opened, options);
  const writer = new WriterClient(options, connection);
  return {
    name: 'sqlite',
    location: path,
    reads: sqliteReads(connection),
    writes: writer.writes,
    sizes: async () => ({ fileBytes: sizeOf(path), walBytes: sizeOf(`${path}-wal`) }),
    close: async () => {
      connection.stopAccepting();
      await writer.close();
      connection.close();
    },
  };
}

/** Settles the path, which is all that anything else gets to see. Nothing is made where the store cannot work. */
function withLocation(configured: ResolvedSeenStoreOptions): ResolvedSeenStoreOptions {
  const named = { ...configured, path: resolve(configured.path) };
  openStep(named, locateThread);
  return { ...configured, path: openStep(named, () => locate(configured.path)) };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
