import { SeenStoreBusyError, SeenStoreError, type SeenError } from '../../errors.ts';
import { toStoreError } from '../store-error.ts';
import type { SerializedError } from './protocol.ts';

export function serializeError(operation: string, error: unknown, path: string): SerializedError {
  if (error instanceof SeenStoreBusyError) return { type: 'busy', message: error.message, waitedMs: error.waitedMs };
  const { message, cause } = toStoreError(operation, error, path);
  if (!(cause instanceof Error)) return { type: 'store', message };
  return { type: 'store', message, cause: { message: cause.message, code: 'code' in cause ? String(cause.code) : '' } };
}

export function deserializeError(
  operation: string,
  { type, message, waitedMs = 0, cause }: SerializedError,
): SeenError {
  if (type === 'busy') return new SeenStoreBusyError(operation, waitedMs);
  if (cause === undefined) return new SeenStoreError(operation, message);
  return new SeenStoreError(operation, message, {
    cause: Object.assign(new Error(cause.message), { code: cause.code }),
  });
}
