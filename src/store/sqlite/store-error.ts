import { reasonOf, SeenError, SeenStoreError } from '../errors.ts';
import { reasonNotWritable } from './file/access.ts';

/** The driver's error as ours; our own as it is. */
export function toStoreError(operation: string, error: unknown, path: string): SeenError {
  if (error instanceof SeenError) return error;
  return new SeenStoreError(operation, `${operation} failed on ${path}: ${whyItFailed(error, path)}.`, {
    cause: error,
  });
}

/** SQLite calls it an I/O error when files, or the volume that they are on, turned read-only after it opened them. */
function whyItFailed(error: unknown, path: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = reasonOf(error).replace(/\.$/, '');
  if (!/^SQLITE_(?:IOERR|READONLY|CANTOPEN)/.test(code)) return reason;
  const isIoError = code.startsWith('SQLITE_IOERR');
  return reasonNotWritable(path) ?? (isIoError ? `${reason}. Its volume failed, or turned read-only` : reason);
}
