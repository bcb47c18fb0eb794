import type { BackupOptions, BackupResult } from './contract/backup.ts';
import { resolveSeenStoreOptions, type SeenStoreOptions } from './options.ts';
import { copyDatabase } from './sqlite/backup/copy-database.ts';

/** The database of a backup, and the control of it. */
export interface DatabaseBackupOptions extends BackupOptions, Pick<SeenStoreOptions, 'path' | 'logger'> {}

/**
 * Backs up a database that other processes may be using, without opening a store: it creates and migrates nothing,
 * forgets no id, sets no damaged file aside, and changes neither the file nor its log. It keeps the calling thread busy,
 * so it is for programs that do nothing else.
 *
 * Its messages name the option of the path as the command line has it.
 *
 * @param to The path of the backup.
 * @throws {SeenConfigError} when an option or a variable cannot work.
 * @throws {SeenStoreOpenError} when there is no store at the path, or it cannot be read.
 * @throws {SeenInputError} when `to` cannot be the path of a backup.
 * @throws {SeenStoreError} when the copy cannot be made or fails its check.
 */
export async function backupDatabase(to: string, options: DatabaseBackupOptions = {}): Promise<BackupResult> {
  const { path, logger, ...control } = options;
  return copyDatabase(resolveSeenStoreOptions({ path, logger }, process.env, '--db'), to, control);
}
