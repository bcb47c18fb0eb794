import { renameSync } from 'node:fs';

import { codeOf } from '../../errors.ts';
import { identify } from './identity.ts';
import { isBusy } from './opening-lock.ts';

/** The file or its log is missing, and a process that still has it open is to restore it. */
export class MissingFileError extends Error {
  constructor(options?: ErrorOptions) {
    super(
      'the file or its log is missing, and a process that still has it open has not restored it. Wait for that process, ' +
        'or end it',
      options,
    );
  }
}

/** The present file is missing, and it is not the one that this connection has. */
export class OutdatedError extends Error {
  constructor(path: string) {
    super(`${path} is missing, and another process is to restore it: what this one has is older`);
  }
}

/** Tells whether another process may be about to open or to restore the file. */
export function mayBeRestored(error: unknown): boolean {
  return error instanceof MissingFileError || error instanceof OutdatedError || isBusy(error);
}

/**
 * Uses the file that the path leads to. What fails while somebody takes that file away most likely fails because of that:
 * SQLite calls it an I/O error, a file that cannot be opened, or a damaged one, and Node a file that does not exist.
 *
 * @param use Takes no file away by itself: its own errors would be mistaken for somebody else's doing.
 * @throws {MissingFileError} when `use` failed, and the path leads elsewhere than before.
 */
export function unlessTakenAway<T>(path: string, use: () => T): T {
  const file = identify(path);
  try {
    return use();
  } catch (error) {
    throw identify(path) === file ? error : new MissingFileError({ cause: error });
  }
}

/** Renames a file. @returns False when somebody has taken it away. */
export function renameUnlessGone(file: string, name: string): boolean {
  try {
    renameSync(file, name);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || identify(file) !== undefined) throw error;
    return false;
  }
}
