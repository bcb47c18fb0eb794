import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

import { SeenInputError } from '../../errors.ts';

/** The answers of file systems without hard links: FAT, for example. */
const NO_LINKS = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'];

/** The answers of systems that cannot sync a folder: Windows, SMB, or a folder that only takes files. */
const NO_FOLDER_SYNC = ['EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR', 'EPERM', 'EACCES'];

/**
 * Gives a finished file its name, for good: the name survives a power cut.
 *
 * @throws {SeenInputError} when somebody else took the name meanwhile, unless that is to be replaced.
 */
export function publish(file: string, name: string, overwrite: boolean): void {
  if (overwrite) renameSync(file, name);
  else renameIfFree(file, name);
  syncFolder(dirname(name));
}

/** A rename would replace silently what another backup has just put there; a link does not. */
function renameIfFree(file: string, name: string): void {
  try {
    linkSync(file, name);
    rmSync(file);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST' || (NO_LINKS.includes(code) && existsSync(name))) {
      throw new SeenInputError(`A backup cannot be written to ${name}: another one was, meanwhile.`);
    }
    if (!NO_LINKS.includes(code)) throw error;
    renameSync(file, name);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Waits until the disk has the names of the folder, where the file system can wait for that. */
function syncFolder(folder: string): void {
  try {
    sync(folder, 'r');
  } catch (error) {
    if (!NO_FOLDER_SYNC.includes(codeOf(error))) throw error;
  }
}

/** Waits until the disk has what was written to the file. */
export function syncFile(file: string): void {
  sync(file, 'r+');
}

function sync(file: string, flags: 'r' | 'r+'): void {
  const descriptor = openSync(file, flags);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
