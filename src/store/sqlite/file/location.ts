import { existsSync, lstatSync, readlinkSync, realpathSync, statSync, type Stats } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

import { codeOf } from '../../errors.ts';

/** The longest of the names that files beside the database get: see `setAsideLog`. */
const LONGEST_SUFFIX = '-wal.set-aside-2026-01-01T00-00-00-000Z';

/** SQLite takes paths of up to 512 bytes, of which the copy that a recovery makes, and its journal, need a few. */
const MAX_PATH_BYTES = 512 - '.restoring-1234567-journal'.length;

/**
 * Finds the one absolute path of a database. A relative one counts from the working directory of this moment, and every
 * link is followed, also one to a file that is yet to be made: log, lock and copies are to lie beside the file itself,
 * on its volume, whoever comes by whichever link. Nothing is created.
 *
 * @throws An error that says why no database can be there.
 */
export function locate(path: string): string {
  const absolute = toAbsolute(path);
  requireNoOther(statSync(absolute, { throwIfNoEntry: false }));
  const location = followLinks(absolute);
  requireUsableName(location);
  requireShortNames(location);
  return location;
}

/** The path as messages name it: absolute, unless there is no working directory any more that it could count from. */
export function nameInMessages(path: string): string {
  try {
    return resolve(path);
  } catch {
    // The error that the message is about says the same.
    return path;
  }
}

/** Tells whether a folder is there. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Leaves a `..` alone, which after a link means the folder above the link's target. */
function toAbsolute(path: string): string {
  if (sep === '\\') return resolve(path);
  return isAbsolute(path) ? path : `${workingFolder()}/${path}`;
}

function workingFolder(): string {
  const folder = currentFolder();
  if (folder !== undefined && existsSync(folder)) return folder;
  throw new Error('its path is relative, and the working directory was deleted. Start the bot in a folder that exists');
}

/** Undefined after it was deleted, unless Node remembers it. */
function currentFolder(): string | undefined {
  try {
    return process.cwd();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function requireNoOther(stats: Stats | undefined): void {
  if (stats === undefined || stats.isFile()) return;
  if (stats.isDirectory()) throw new Error("it is a folder, which cannot be opened. Add a file's name to the path");
  throw new Error('it is a device, a pipe or a socket, not a file. Set SEEN_DB_PATH to another place');
}

function followLinks(path: string): string {
  return existing(path) ?? followLinkToNothing(path) ?? join(followFolder(dirname(path)), basename(path));
}

/** A link may lead to a file that is yet to be made, in a folder that exists. */
function followLinkToNothing(path: string): string | undefined {
  const folder = existing(dirname(path));
  const target = folder === undefined ? undefined : linkTarget(path);
  if (folder === undefined || target === undefined) return undefined;
  const file = isAbsolute(target) ? target : `${folder}${sep}${target}`;
  if (!existsSync(dirname(file))) throw danglingLink(path, dirname(file));
  return followLinks(file);
}

/** A folder that a link leads to is never made: where it is missing, most likely its volume is. */
function followFolder(folder: string): string {
  const target = linkTarget(folder);
  const found = existing(folder);
  if (found === undefined && target !== undefined) throw danglingLink(folder, target);
  return found ?? join(followFolder(dirname(folder)), basename(folder));
}

function danglingLink(link: string, folder: string): Error {
  const remedy = 'Mount its volume, make the folder, or mend the link';
  return new Error(`the link ${link} leads to a folder that does not exist, ${folder}. ${remedy}`);
}

function existing(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function linkTarget(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true ? readlinkSync(path) : undefined;
}

/** A name that JavaScript or the driver would change on the way to the file system is another file's name. */
function requireUsableName(path: string): void {
  if (path.includes('\uFFFD')) throw new Error(`a name on its path, ${path}, is not UTF-8. Rename that folder or file`);
  if (path.trim() !== path) {
    throw new Error(`white space ends the name of the file that it leads to, "${path}". Rename it`);
  }
  if (/^\/dev\/(?!shm\/)/.test(path)) {
    throw new Error('what lies in /dev is gone after the next start of the machine. Set SEEN_DB_PATH to another place');
  }
}

/** Asks the file system itself, since each has limits of its own. */
function requireShortNames(path: string): void {
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw new Error(
      `its path is longer than ${MAX_PATH_BYTES} bytes, which SQLite does not take. Choose a shorter one`,
    );
  }
  const folder = nearestFolder(dirname(path));
  const toBeMade = relative(folder, dirname(path)).split(sep);
  for (const name of [...toBeMade, `${basename(path)}${LONGEST_SUFFIX}`]) {
    lstatSync(join(folder, name), { throwIfNoEntry: false });
  }
}

function nearestFolder(folder: string): string {
  return statSync(folder, { throwIfNoEntry: false }) === undefined ? nearestFolder(dirname(folder)) : folder;
}
