import { statSync } from 'node:fs';

import type { Backend } from '../backend.ts';
import { SeenConfigError } from '../errors.ts';
import type { ResolvedSeenStoreOptions } from '../options.ts';
import { BackupThreads } from './backup/threads.ts';
import { connect } from './file/connection.ts';
import { ReadConnection } from './reads/connection.ts';
import { sqliteReads } from './reads/index.ts';
import { WriterClient } from './writer/client.ts';

/**
 * The port on a SQLite file. Reads are answered by the calling thread's own connection, at once; writes go to the writer
 * thread, so that the event loop never waits for a lock, the disk or a checkpoint.
 */
export function openSqlite(options: ResolvedSeenStoreOptions): Backend {
  const { path, logger } = options;
  if (path === ':memory:') throw new SeenConfigError('path must be a file: a store in memory has no second thread.');
  const opened = connect(options);
  logger.info('seen_store_initialized', { path, wal_mode: opened.db.pragma('journal_mode', { simple: true }) });
  const connection = new ReadConnection(opened, options);
  const writer = new WriterClient(options, connection);
  const backups = new BackupThreads(path, connection);
  return {
    name: 'sqlite',
    location: path,
    reads: sqliteReads(connection),
    writes: writer.writes,
    sizes: async () => ({ fileBytes: sizeOf(path), walBytes: sizeOf(`${path}-wal`) }),
    backup: (to, control) => backups.run(to, control),
    close: async () => {
      connection.stopAccepting();
      await backups.settled();
      await writer.close();
      connection.close();
    },
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
