import { reasonOf, SeenError, SeenStoreError } from '../errors.ts';

/** The driver's error as ours; our own as it is. */
export function toStoreError(operation: string, error: unknown, path: string): SeenError {
  if (error instanceof SeenError) return error;
  return new SeenStoreError(operation, `${operation} failed on ${path}: ${reasonOf(error)}.`, { cause: error });
}
