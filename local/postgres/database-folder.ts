import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findBinaries } from './binaries.ts';
import { asServerUser, giveToServerUser } from './server-user.ts';

/** A superuser whom nobody asks for a password, and no waiting for a disk. */
const INITDB_OPTIONS = [
  '--username=postgres',
  '--auth=trust',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=icu',
  '--icu-locale=en-US',
  '--no-sync',
  '--no-instructions',
];

const TEMPLATES = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));

const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 1024 ** 3;

/** A new folder for a server: in memory where the system has room, and else among its temporary files. */
export function temporaryServerFolder(): string {
  const parent = existsSync(MEMORY) && bytesFree(MEMORY) >= ENOUGH_BYTES ? MEMORY : tmpdir();
  return realpathSync(mkdtempSync(join(parent, 'seen-postgres-')));
}

function bytesFree(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** The folder of a server's database within the server's folder, made and owned by the server's user. */
export function dataFolder(folder: string): string {
  const data = join(folder, 'data');
  if (!existsSync(data)) {
    mkdirSync(data, { recursive: true, mode: 0o700 });
    giveToServerUser(data);
  }
  giveToServerUser(folder);
  return data;
}

/**
 * Makes a database unless the folder has one: a copy of one that `initdb` has made once, as that takes a second. It
 * sorts text as people in the United States do, so that a statement that relies on the order of bytes without asking
 * for it is found out.
 */
export function initialise(data: string): void {
  if (existsSync(join(data, 'PG_VERSION'))) return;
  const { initdb } = findBinaries();
  const made = createHash('sha256').update(`${initdb} ${statSync(initdb).mtimeMs} ${INITDB_OPTIONS.join(' ')}`);
  const template = join(TEMPLATES, `postgres-${made.digest('hex').slice(0, 16)}`);
  if (!existsSync(template)) makeTemplate(initdb, template);
  copyDatabase(template, data);
}

/** Several processes may make it at the same time: one of them puts its own in place. */
function makeTemplate(initdb: string, template: string): void {
  mkdirSync(TEMPLATES, { recursive: true });
  const making = mkdtempSync(`${template}-`);
  giveToServerUser(making);
  const [command = '', ...args] = [...asServerUser, initdb, `--pgdata=${making}`, ...INITDB_OPTIONS];
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`initdb failed: ${stderr ?? 'it did not start'}`, { cause: error });
  try {
    renameSync(making, template);
  } catch (renaming) {
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(template)) throw renaming;
  }
}

/** Files that belong to the running server, and not to its database. */
const NOT_COPIED = ['postmaster.pid', 'postmaster.opts'];

/** Copies a database, also under a running server that knows of it: files that it removes meanwhile may be missing. */
export function copyDatabase(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (NOT_COPIED.includes(entry.name)) continue;
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) {
      mkdirSync(target, { mode: 0o700 });
      giveToServerUser(target);
      copyDatabase(source, target);
    } else copyFileUnlessGone(source, target);
  }
}

function copyFileUnlessGone(source: string, target: string): void {
  try {
    copyFileSync(source, target);
    giveToServerUser(target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Writes a file that the server may change. */
export function writeServerFile(path: string, text: string): void {
  writeFileSync(path, text);
  giveToServerUser(path);
}
