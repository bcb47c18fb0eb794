import type { Backend } from '../backend.ts';
import { systemClock } from '../clock.ts';
import type { SqliteOptions } from '../options.ts';
import { BackupThreads } from './backup/threads.ts';
import { watchFiles } from './file-watch.ts';
import { connect, PEER_PAUSE_MS, type Opened } from './file/connection.ts';
import { loadDriver } from './file/driver.ts';
import { isInPlace, logOf, sizeOf } from './file/identity.ts';
import { locate, nameInMessages } from './file/location.ts';
import { openFailure } from './file/open-error.ts';
import { isBusy, Presence } from './file/opening-lock.ts';
import { ReadConnection } from './reads/connection.ts';
import { sqliteReads } from './reads/index.ts';
import { locateThread } from './writer/start-thread.ts';
import { ThreadCalls } from './writer/thread-calls.ts';
import { threadWrites } from './writer/thread-writes.ts';

/**
 * The port on a SQLite file. Reads are answered by the calling thread's own connection, at once; writes go to the writer
 * thread, so that the event loop never waits for a lock, the disk or a checkpoint.
 */
export async function openSqlite(configured: SqliteOptions): Promise<Backend> {
  const options = await prepare(configured);
  const { path } = options;
  const { opened, presence } = await openPresent(options);
  const connection = new ReadConnection(opened, options);
  const writer = new ThreadCalls(options, connection);
  const backups = new BackupThreads(options, connection);
  const closing = new AbortController();
  const watch = watchFiles({ connection, writer, presence }, options, closing.signal);
  return {
    name: 'sqlite',
    location: path,
    openedFields: { path, wal_mode: opened.db.pragma('journal_mode', { simple: true }) },
    reads: sqliteReads(connection),
    writes: threadWrites(writer),
    sizes: async () => ({ fileBytes: sizeOf(path), walBytes: sizeOf(logOf(path)) }),
    backup: (to, control) => backups.run(to, control),
    close: async () => {
      connection.stopAccepting();
      closing.abort();
      await watch;
      await recoverAtEnd(connection, writer, options);
      await backups.settled();
      await writer.close();
      connection.close();
      presence.end();
    },
  };
}

interface Present {
  readonly opened: Opened;
  readonly presence: Presence;
}

/** Opens the file and shows presence. Whoever opens it in between believes that nobody has it open. */
async function openPresent(options: SqliteOptions): Promise<Present> {
  for (;;) {
    const opened = await connect(options);
    const presence = showPresence(options, opened);
    if (presence !== undefined) return { opened, presence };
    opened.db.close();
    await systemClock.sleep(PEER_PAUSE_MS);
  }
}

/** @returns Undefined when the file has to be opened again, because another process opens it just now, or took it away. */
function showPresence(options: SqliteOptions, { db, set }: Opened): Presence | undefined {
  try {
    const presence = new Presence(options.path);
    if (isInPlace(set, options.path)) return presence;
    presence.end();
    return undefined;
  } catch (error) {
    if (isBusy(error)) return undefined;
    db.close();
    throw openFailure(options, error);
  }
}

/** Restores a file that is gone, before the connection closes that alone still has its data. */
async function recoverAtEnd(
  connection: ReadConnection,
  writer: ThreadCalls,
  { path, logger }: SqliteOptions,
): Promise<void> {
  if (connection.verify()) return;
  try {
    await writer.recover();
  } catch (error) {
    logger.error('seen_store_recovery_failed', { path, error });
  }
}

/** Settles the path, which is all that anything else gets to see. Nothing is made where the store cannot work. */
async function prepare(configured: SqliteOptions): Promise<SqliteOptions> {
  try {
    const path = locate(configured.path);
    locateThread();
    await loadDriver();
    return { ...configured, path };
  } catch (error) {
    throw openFailure({ ...configured, path: nameInMessages(configured.path) }, error);
  }
}
