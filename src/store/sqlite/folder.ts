import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** One folder after the other: Node's own recursion never ends where the system forbids to make any, below /proc. */
export function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
