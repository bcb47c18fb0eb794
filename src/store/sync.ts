import { closeSync, fsyncSync, openSync } from 'node:fs';

import { codeOf } from './errors.ts';

/** The answers of systems that cannot sync a folder: Windows, SMB, or a folder that only takes files. */
const NO_FOLDER_SYNC = ['EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR', 'EPERM', 'EACCES'];

/** Waits until the disk has the names of the folder, where the file system can wait for that. */
export function syncFolder(folder: string): void {
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
