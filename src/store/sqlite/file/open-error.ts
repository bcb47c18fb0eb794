import { codeOf, reasonOf, SeenStoreOpenError } from '../../errors.ts';
import type { SqliteOptions } from '../../options.ts';

/** Ends of a sentence. SEEN_DB_PATH stands for whatever set the path: `openError` puts that in its place. */
const remedies: Readonly<Record<string, string>> = {
  SQLITE_NOTADB: 'it is not a SQLite database. Set SEEN_DB_PATH to another file, or move this one away',
  SQLITE_CORRUPT: 'it is damaged. Move it away, or restore a copy',
  SQLITE_CANTOPEN:
    'it cannot be opened. Check that the folder is writable by this user and that it is no folder itself',
  SQLITE_READONLY: 'it is read-only. Make the file, the lock file beside it and their folder writable by this user',
  SQLITE_FULL: 'the disk is full. Free some space',
  SQLITE_IOERR: 'the disk failed. Check its space, its quota and its health',
  SQLITE_BUSY: 'another process kept it locked for too long. End that process, or try again',
  ENOENT: 'its folder cannot be created there. Set SEEN_DB_PATH to another place',
  EACCES:
    'its folder cannot be entered or created by this user. Create it, give the user access, or set SEEN_DB_PATH to a ' +
    'writable place',
  EROFS: 'its file system is read-only. Set SEEN_DB_PATH to a writable place',
  ENOTDIR: 'a part of its path is a file, not a folder. Set SEEN_DB_PATH to another place',
  EEXIST: 'a part of its path is a file, not a folder. Set SEEN_DB_PATH to another place',
  ENOSPC: 'the disk is full. Free some space',
  ELOOP: 'the symbolic links on its path lead in a circle. Mend them, or set SEEN_DB_PATH to another place',
  ENAMETOOLONG:
    'a name on its path is too long, or would be with what the files beside it add (-wal, .lock, a date). Set ' +
    'SEEN_DB_PATH to a shorter one',
  ERR_ACCESS_DENIED:
    "Node's permission model forbids it. Start Node with --allow-worker, --allow-addons, and --allow-fs-read and " +
    "--allow-fs-write for the file's folder and for node_modules",
  ERR_DLOPEN_DISABLED: 'Node was started without the right to load better-sqlite3. Start it with --allow-addons',
};

/** Thrown when what another program made in the file keeps the store from using it. */
export class ForeignSchemaError extends Error {
  /** Steps that make the file usable, in whole sentences. */
  readonly conversion: string;

  constructor(problem: string, conversion: string) {
    super(problem);
    this.name = new.target.name;
    this.conversion = conversion;
  }
}

type FailedOptions = Pick<SqliteOptions, 'path' | 'logger'> & Partial<Pick<SqliteOptions, 'pathSetting'>>;

/** Logs what is wrong with the file, and what to do, and returns the error that is to be thrown. */
export function openFailure({ path, logger, pathSetting }: FailedOptions, error: unknown): SeenStoreOpenError {
  const failure = openError(path, error, pathSetting);
  logger.error('seen_store_schema_init_failed', { path, error: failure });
  return failure;
}

/**
 * Makes the error that tells what is wrong with the file, and what to do.
 *
 * @param pathSetting The option or the variable that set the path.
 */
export function openError(path: string, error: unknown, pathSetting = 'SEEN_DB_PATH'): SeenStoreOpenError {
  const code = codeOf(error);
  const known = Object.keys(remedies).find((prefix) => code === prefix || code.startsWith(`${prefix}_`));
  const remedy = known === undefined ? reasonOf(error).replace(/\.$/, '') : remedies[known];
  const conversion = error instanceof ForeignSchemaError ? ` ${error.conversion}` : '';
  const advice = `${remedy}. Nothing in it was changed.${conversion}`.replaceAll('SEEN_DB_PATH', pathSetting);
  const message = `The seen store ${path} could not be opened: ${advice}`;
  return new SeenStoreOpenError(message, path, { cause: error });
}
