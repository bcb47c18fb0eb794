import { accessSync, constants, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';

import { codeOf } from '../../errors.ts';

const { R_OK, W_OK, X_OK } = constants;

const ownFiles = ['', '-wal', '-shm', '-journal', '.lock'];

/** A file or folder that this user may not use, with the system's code for why. */
interface Forbidden {
  readonly file: string;
  readonly code: string;
  readonly stats: Stats;
}

/**
 * Makes sure that this user may write to every file of the database, and to the folder that its log is created in:
 * SQLite opens a file that it may only read, and then fails each write. What does not exist yet passes.
 *
 * @throws An error that names all that is forbidden, and what to do.
 */
export function requireWritable(path: string): void {
  const reason = reasonNotWritable(path);
  if (reason !== undefined) throw new Error(reason);
}

/** Returns why this user may not write to the database, and what to do; undefined when it may. */
export function reasonNotWritable(path: string): string | undefined {
  const all = allForbidden(path);
  const [first] = all;
  if (first === undefined) return undefined;
  return `it is read-only${first.code === 'EROFS' ? ofItsVolume(first) : forThisUser(all)}`;
}

/** In a folder that may not be entered nothing else can be looked at. */
function allForbidden(path: string): Forbidden[] {
  const folder = dirname(path);
  const closed = forbidden(folder, X_OK);
  if (closed !== undefined) return [closed];
  const files = ownFiles.map((suffix) => forbidden(`${path}${suffix}`, R_OK | W_OK));
  return [...files, forbidden(folder, W_OK)].filter((each) => each !== undefined);
}

function forbidden(file: string, mode: number): Forbidden | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  try {
    accessSync(file, mode);
  } catch (error) {
    const code = codeOf(error);
    if (code === '') throw error;
    // Another process may have closed the database since, and removed the log.
    return code === 'ENOENT' ? undefined : { file, code, stats };
  }
  return undefined;
}

function ofItsVolume({ file }: Forbidden): string {
  return (
    `, because the file system of ${file} is mounted without write access. Mount it with it (in Docker, without ` +
    '":ro"), or set SEEN_DB_PATH to another place'
  );
}

function forThisUser(all: readonly Forbidden[]): string {
  const user = process.getuid?.();
  const who = user === undefined ? 'this user' : `this user (uid ${user})`;
  return `: ${who} may not write to ${all.map(describe).join(', ')}. ${remedyFor(all, user)}`;
}

function describe({ file, stats }: Forbidden): string {
  const mode = (stats.mode & 0o7777).toString(8);
  return `${stats.isDirectory() ? 'its folder ' : ''}${file} (owner ${stats.uid}, mode ${mode})`;
}

function remedyFor(all: readonly Forbidden[], user: number | undefined): string {
  const names = all.map(({ file }) => (/^[\w./-]+$/.test(file) ? file : `'${file}'`)).join(' ');
  if (all.some(({ code }) => code === 'EPERM')) return `They are protected against changes: chattr -i ${names}`;
  const what = all.every(({ stats }) => stats.isDirectory())
    ? 'the folder is writable, for the log'
    : 'all is writable';
  if (user === undefined) return `Check that ${what}`;
  if (all.every(({ stats }) => stats.uid === user)) return `Check that ${what}: chmod u+rwX ${names}`;
  return `Run the bot as their owner, or check that ${what}: chown ${user} ${names}`;
}
