import { SeenStoreBusyError, SeenStoreError, type SeenError } from '../../errors.ts';
import { explain } from '../explain.ts';
import type { SentError } from './protocol.ts';

/** An error on its way to the thread that asked: classes do not survive the way. */
export function pack(operation: string, error: unknown, path: string): SentError {
  if (error instanceof SeenStoreBusyError) return { type: 'busy', message: error.message, waitedMs: error.waitedMs };
  const { message, cause } = explain(operation, error, path);
  if (!(cause instanceof Error)) return { type: 'store', message };
  return { type: 'store', message, cause: { message: cause.message, code: 'code' in cause ? String(cause.code) : '' } };
}

export function unpack(operation: string, { type, message, waitedMs = 0, cause }: SentError): SeenError {
  if (type === 'busy') return new SeenStoreBusyError(operation, waitedMs);
  if (cause === undefined) return new SeenStoreError(operation, message);
  return new SeenStoreError(operation, message, {
    cause: Object.assign(new Error(cause.message), { code: cause.code }),
  });
}
