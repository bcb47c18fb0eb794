import type { BackupOptions, BackupResult } from './contract/backup.ts';
import type { StoreSizes } from './contract/seen-store.ts';
import type { Reads } from './port/reads.ts';
import type { Writes } from './port/writes.ts';

/**
 * The port: what a database has to do. What is stale, expired, valid, lost or worth a log line is decided above it, once,
 * in `core/`. Arguments have been checked.
 *
 * A read or a write that fails does so with a `SeenStoreError` or a `SeenStoreBusyError`, under its name in
 * `operations.ts`. After `close`, which core asks for once, they fail with a `SeenStoreClosedError`; `sizes` goes on.
 */
export interface Backend extends ReadableBackend {
  readonly writes: Writes;
  /** The fields of the log's line that the store is open. */
  readonly openedFields: object;
  /**
   * Copies the database as it is now. Other operations do not wait for it.
   *
   * @throws {SeenInputError} for a path that cannot be that of a backup.
   * @throws The signal's reason, once it aborts and nothing of the copy is left.
   */
  backup(path: string, options: BackupOptions): Promise<BackupResult>;
}

/** A database that is only asked. */
export interface ReadableBackend {
  readonly name: 'sqlite' | 'postgres';
  /** The place of the database, as a person would look for it. */
  readonly location: string;
  readonly reads: Reads;
  sizes(): Promise<StoreSizes>;
  /** Refuses every further operation at once, ends those that wait, and resolves once everything is closed. */
  close(): Promise<void>;
}
