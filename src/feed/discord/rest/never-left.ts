import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { codeOf } from '../../../store/errors.ts';

/** System calls that come before the first byte of a request. */
const BEFORE_THE_REQUEST: readonly unknown[] = ['connect', 'getaddrinfo'];

/** Errors of connections that could not be made, TLS included, as undici reports them. */
const connectErrors = new WeakSet<object>();

/** Notes from now on which errors of undici's are those of connections. A second call changes nothing. */
export function watchConnections(): void {
  unsubscribe('undici:client:connectError', noteConnectError);
  subscribe('undici:client:connectError', noteConnectError);
}

function noteConnectError(event: unknown): void {
  if (typeof event === 'object' && event !== null && 'error' in event && event.error instanceof Error)
    connectErrors.add(event.error);
}

/**
 * Tells whether a request failed before a byte of it left: its address could not be looked up, or no connection be made.
 * It cannot have been applied then. False where that is not certain.
 */
export function neverLeft(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (connectErrors.has(error) || codeOf(error) === 'UND_ERR_CONNECT_TIMEOUT') return true;
  if ('syscall' in error && BEFORE_THE_REQUEST.includes(error.syscall)) return true;
  // Several addresses that all failed; and `fetch`, which wraps what undici throws.
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(neverLeft);
  return neverLeft(error.cause);
}
