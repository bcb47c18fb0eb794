import { SeenError, SeenStoreError } from '../errors.ts';

/** The driver's error as ours; our own as it is. */
export function explain(operation: string, error: unknown, path: string): SeenError {
  if (error instanceof SeenError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new SeenStoreError(operation, `${operation} failed on ${path}: ${reason}.`, { cause: error });
}
