import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { reasonOf, SeenInputError } from './errors.ts';
import { filePathProblem } from './file-path.ts';

/** The suffixes of the files that lie beside a database and belong to it. */
export const companions = ['-wal', '-shm', '-journal', '.lock', '.files', '.files.new', '.damaged', '.restored'];

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

/** Tells what is written, and whether a file that exists may be replaced. */
export interface DestinationTerms extends OverwriteTerms {
  /** The beginning of the message: `A backup`, for example. */
  readonly what: string;
}

/** Tells whether a file that exists may be replaced. */
export interface OverwriteTerms {
  /** Default: false. */
  readonly overwrite?: boolean | undefined;
  /** The setting that lets it be replaced, for a message that tells to add it. Default: `overwrite: true`. */
  readonly overwriteSetting?: string | undefined;
}

/**
 * Finds the file that is to be made from a database, links followed.
 *
 * @param database The path of the database. Undefined for one that is no file.
 * @throws {SeenInputError} for a place where the file would be lost, do harm, or replace what nobody said to replace.
 */
export function requireDestination(
  database: string | undefined,
  name: string,
  { what, overwrite = false, overwriteSetting = 'overwrite: true' }: DestinationTerms,
): string {
  const taken = overwrite ? undefined : `it exists. Choose another name, or add ${overwriteSetting} to replace it.`;
  const problem = problemOf(name, database, taken);
  if (problem !== undefined) throw new SeenInputError(`${what} cannot be written to ${name}: ${problem}`);
  return follow(name);
}

function problemOf(name: string, database: string | undefined, taken: string | undefined): string | undefined {
  try {
    return placeProblem(name) ?? fileProblem(database, follow(name), taken);
  } catch (error) {
    return `${reasonOf(error)}. Choose another name.`;
  }
}

/** No folder is created: a disk that is not mounted would be noticed when its backups are needed. */
function placeProblem(name: string): string | undefined {
  if (!isFolder(dirname(name))) return `there is no folder ${dirname(name)}. Create it, or mount its disk, first.`;
  if (isDanglingLink(name)) return 'it is a link that leads nowhere. Remove it.';
  return undefined;
}

/** @param taken The problem of a file that exists; undefined for one that may be replaced. */
function fileProblem(database: string | undefined, file: string, taken: string | undefined): string | undefined {
  if (isFolder(file)) return 'it is a folder. Name a file in it.';
  if (database !== undefined && belongsTo(database, file))
    return 'it is the database itself, or belongs to it. Choose another name.';
  if (/-(?:wal|shm|journal)$/.test(file))
    return 'SQLite takes such a name for a part of a database. Choose another one.';
  const owner = ownerOf(file);
  if (owner !== undefined) return `it would be taken for a part of ${owner}. Choose another name.`;
  const log = logs.map((suffix) => `${file}${suffix}`).find((name) => existsSync(name));
  if (log !== undefined) return `${log} is the log of another database, which may be in use. Choose another name.`;
  if (!existsSync(file)) return undefined;
  if (taken !== undefined) return taken;
  return statSync(file).isFile() ? undefined : 'it is not a file that can be replaced. Choose another name.';
}

/** Tells whether a file is the database or one of its companions, under whichever of its names. */
function belongsTo(database: string, file: string): boolean {
  const own = follow(database);
  return isSame(own, file) || companions.some((suffix) => follow(`${own}${suffix}`) === file);
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false, bigint: true }));
  return a !== undefined && a.dev === b?.dev && a.ino === b.ino;
}

/**
 * The file whose companion has this name, if there is one. It is not opened: where a store of this process has it open,
 * closing it would drop the locks of that one.
 */
function ownerOf(file: string): string | undefined {
  const suffix = companions.find((one) => file.endsWith(one));
  const owner = suffix === undefined ? undefined : file.slice(0, -suffix.length);
  return owner !== undefined && existsSync(owner) ? owner : undefined;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The file that a path leads to, or would lead to once it exists. */
function follow(path: string): string {
  return existsSync(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
}

function isDanglingLink(path: string): boolean {
  return !existsSync(path) && lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
