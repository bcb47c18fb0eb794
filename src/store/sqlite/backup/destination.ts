import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { SeenInputError } from '../../errors.ts';
import { identify } from '../file/identity.ts';

/** The names that lie beside a database and belong to it. */
const companions = ['-wal', '-shm', '-journal', '.lock', '.damaged'];

/** The companions that SQLite would take for a part of whatever database has the name. */
const logs = ['-wal', '-journal'];

/**
 * The absolute path of a backup's file, links followed.
 *
 * @param database The database that is to be backed up.
 * @throws {SeenInputError} for a place where a backup would be lost, do harm, or replace what nobody said to replace.
 */
export function requireDestination(database: string, path: unknown, overwrite: boolean): string {
  const named = requireFileName(path);
  const refuse = (problem: string): never => {
    throw new SeenInputError(`A backup cannot be written to ${named}: ${problem}`);
  };
  if (!isFolder(dirname(named))) refuse(`there is no folder ${dirname(named)}. Create it, or mount its disk, first.`);
  if (isDanglingLink(named)) refuse('it is a link that leads nowhere. Remove it.');
  const destination = follow(named);
  if (belongsTo(database, destination)) refuse('it is the database itself, or belongs to it. Choose another name.');
  if (isFolder(destination)) refuse('it is a folder. Name a file in it.');
  const log = logs.map((suffix) => `${destination}${suffix}`).find((file) => existsSync(file));
  if (log !== undefined) refuse(`${log} is the log of another database, which may be in use. Choose another name.`);
  if (!existsSync(destination)) return destination;
  if (!overwrite) refuse('it exists, and nothing is overwritten unless that is asked for. Choose another name.');
  if (!statSync(destination).isFile()) refuse('it is not a file that can be replaced. Choose another name.');
  return destination;
}

/**
 * The absolute path that somebody named.
 *
 * @throws {SeenInputError} for a name that cannot be meant as that of a file.
 */
export function requireFileName(path: unknown): string {
  const refuse = (problem: string): never => {
    throw new SeenInputError(`The path of a backup ${problem}`);
  };
  if (typeof path !== 'string') return refuse(`is of type ${typeof path}. It is a string.`);
  if (path.trim() === '') return refuse('is empty. Name a file.');
  if (path !== path.trim()) return refuse(`begins or ends with white space: ${JSON.stringify(path)}. Remove it.`);
  if (path.includes('\0')) return refuse('contains U+0000. Name a file.');
  if (path === ':memory:' || /^file:/i.test(path)) return refuse(`is the path of a file, not ${path}. Name a file.`);
  if (path === '~' || /^~[/\\]/.test(path)) return refuse('begins with ~, which only a shell replaces. Write it out.');
  return resolve(path);
}

/** The file that a path leads to, or would lead to once it exists. */
function follow(path: string): string {
  return existsSync(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
}

/** Tells whether a file is the database or one of its companions, under whichever of its names. */
function belongsTo(database: string, file: string): boolean {
  const identity = identify(file);
  if (identity !== undefined && identity === identify(database)) return true;
  const names = [database, follow(database)];
  return names.some((name) => companions.some((suffix) => follow(`${name}${suffix}`) === file));
}

function isDanglingLink(path: string): boolean {
  return !existsSync(path) && lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
