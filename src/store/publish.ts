import { existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

import { codeOf, SeenInputError } from './errors.ts';
import { syncFolder } from './sync.ts';

/** The answers of file systems without hard links: FAT, for example. */
const NO_LINKS = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'];

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

/** A rename would replace silently what somebody else has just put there; a link does not. */
function renameIfFree(file: string, name: string): void {
  try {
    linkSync(file, name);
    rmSync(file);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST' || (NO_LINKS.includes(code) && existsSync(name))) {
      throw new SeenInputError(`${name} was made by somebody else meanwhile. Choose another name.`);
    }
    if (!NO_LINKS.includes(code)) throw error;
    renameSync(file, name);
  }
}
