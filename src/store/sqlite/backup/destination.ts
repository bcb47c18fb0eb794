import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { SeenInputError } from '../../errors.ts';
import { filePathProblem } from '../../file-path.ts';
import { identify } from '../file/identity.ts';
import { isFolder } from '../file/location.ts';

/** The suffixes of the files that lie beside a database and belong to it. */
const companions = ['-wal', '-shm', '-journal', '.lock', '.files', '.files.new', '.damaged', '.restored'];

/** The companions that SQLite takes for a part of whatever database has the name. */
const logs = ['-wal', '-journal'];

/**
 * The absolute path that somebody named.
 *
 * @throws {SeenInputError} for a name that cannot be meant as that of a file.
 */
export function requireFileName(path: unknown): string {
  const problem = nameProblem(path);
  if (typeof path !== 'string' || problem !== undefined) throw new SeenInputError(`The path of a backup ${problem}`);
  return toAbsolute(path);
}

function nameProblem(path: unknown): string | undefined {
  if (typeof path !== 'string') return `is ${path === null ? 'null' : `of type ${typeof path}`}. It is a string.`;
  const trimmed = path.trim();
  if (trimmed !== '' && trimmed !== path) return `begins or ends with white space: ${JSON.stringify(path)}. Remove it.`;
  return filePathProblem(trimmed);
}

function toAbsolute(path: string): string {
  try {
    return resolve(path);
  } catch (cause) {
    const message = `The path of a backup is "${path}", but the working directory was deleted. Name an absolute path.`;
    throw new SeenInputError(message, { cause });
  }
}

/**
 * The path of a backup's file, links followed.
 *
 * @param database The path of the database that is to be backed up: see `locate`.
 * @throws {SeenInputError} for a place where a backup would be lost, do harm, or replace what nobody said to replace.
 */
export function requireDestination(database: string, path: string, overwrite: boolean): string {
  const name = requireFileName(path);
  const problem = placeProblem(name) ?? fileProblem(database, follow(name), overwrite);
  if (problem !== undefined) throw new SeenInputError(`A backup cannot be written to ${name}: ${problem}`);
  return follow(name);
}

/** No folder is created: a disk that is not mounted would be noticed when its backups are needed. */
function placeProblem(name: string): string | undefined {
  if (!isFolder(dirname(name))) return `there is no folder ${dirname(name)}. Create it, or mount its disk, first.`;
  if (isDanglingLink(name)) return 'it is a link that leads nowhere. Remove it.';
  return undefined;
}

function fileProblem(database: string, file: string, overwrite: boolean): string | undefined {
  if (isFolder(file)) return 'it is a folder. Name a file in it.';
  if (belongsTo(database, file)) return 'it is the database itself, or belongs to it. Choose another name.';
  if (/-(?:wal|shm|journal)$/.test(file))
    return 'SQLite takes such a name for a part of a database. Choose another one.';
  const log = logs.map((suffix) => `${file}${suffix}`).find((name) => existsSync(name));
  if (log !== undefined) return `${log} is the log of another database, which may be in use. Choose another name.`;
  if (!existsSync(file)) return undefined;
  if (!overwrite) return 'it exists. Choose another name, or have it overwritten (overwrite: true, --force).';
  return statSync(file).isFile() ? undefined : 'it is not a file that can be replaced. Choose another name.';
}

/** Tells whether a file is the database or one of its companions, under whichever of its names. */
function belongsTo(database: string, file: string): boolean {
  const identity = identify(file);
  if (identity !== undefined && identity === identify(database)) return true;
  return companions.some((suffix) => follow(`${database}${suffix}`) === file);
}

/** The file that a path leads to, or would lead to once it exists. */
function follow(path: string): string {
  return existsSync(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
}

function isDanglingLink(path: string): boolean {
  return !existsSync(path) && lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
