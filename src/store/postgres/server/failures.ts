import { codeOf } from '../../errors.ts';

/**
 * The consequence of a failure.
 *
 * - `refused`: it can never work as it is.
 * - `conflict`: the lock of another program was in the way. Nothing was changed.
 * - `interrupted`: the server or the pool could not do it at the moment. Nothing was changed.
 * - `unreachable`: there was no server that writes. Nothing was changed.
 * - `unanswered`: the statement was sent, and nobody knows what became of it.
 */
export type FailureKind = 'refused' | 'conflict' | 'interrupted' | 'unreachable' | 'unanswered';

/** Thrown when no connection to a server that writes can be had. `cause` is the driver's error, without names. */
export class UnreachableError extends Error {
  constructor(cause: unknown) {
    super('No server can be reached.', { cause });
    this.name = new.target.name;
  }
}

/** Thrown when a connection leads to a standby, or to a server that was set to read only. As the server says it. */
export class ReadOnlyServerError extends Error {
  readonly code = '25006';
  readonly severity = 'ERROR';

  constructor() {
    super('the server only reads');
    this.name = new.target.name;
  }
}

/** Thrown when all connections of the pool were in use for too long. */
export class CrowdedPoolError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = new.target.name;
  }
}

/** Thrown when the server writes, but waits for ever before it confirms: a synchronous standby is away. */
export class UnconfirmedCommitsError extends Error {
  constructor() {
    super(
      'the server confirms no commits, as it waits for a synchronous standby. Start the standby, or take it out of ' +
        'synchronous_standby_names on the server',
    );
    this.name = new.target.name;
  }
}

/** Thrown where a connection comes when the store has been closed. */
export class ConnectionsClosedError extends Error {
  constructor() {
    super('the store was closed');
    this.name = new.target.name;
  }
}

/** Thrown when a transaction broke off before its commit was sent. Nothing was changed; `cause` is why. */
export class UncommittedError extends Error {
  constructor(cause: unknown) {
    super('The transaction was not committed.', { cause });
    this.name = new.target.name;
  }
}

/** Thrown when what was asked for took longer than anything may. */
export class AttemptTimeoutError extends Error {
  constructor(limitMs: number) {
    super(`the server gave no answer within ${limitMs} ms`);
    this.name = new.target.name;
  }
}

/** Tells whether the server may be waiting for a standby: with a commit, or with one that holds a lock. */
export function mayBeUnconfirmed(error: unknown): boolean {
  const cause = error instanceof UncommittedError ? error.cause : error;
  return cause instanceof AttemptTimeoutError || sqlStateOf(cause) === '55P03';
}

const kinds: readonly (readonly [FailureKind, RegExp])[] = [
  // Serialization failure, deadlock, lock timeout.
  ['conflict', /^(?:40001|40P01|55P03)$/],
  // Out of memory, a statement that took too long or was cancelled, what a pooler has lost of a statement.
  ['interrupted', /^(?:53200|57014|26000)$/],
  // A server that only reads, or starts or stops, or has no connection left.
  ['unreachable', /^(?:25006|57P03|53300)$/],
  // The server or somebody else ended the connection; the transaction's end is unknown.
  ['unanswered', /^(?:57P01|57P02|57P04|57P05|25P03|25P04|40003|08\w{3})$/],
];

export function kindOfFailure(error: unknown): FailureKind {
  if (error instanceof UnreachableError) return 'unreachable';
  if (error instanceof CrowdedPoolError || error instanceof UncommittedError) return 'interrupted';
  if (error instanceof AttemptTimeoutError) return 'unanswered';
  const state = sqlStateOf(error);
  if (state === undefined) return isBrokenConnection(error) ? 'unanswered' : 'refused';
  return kinds.find(([, states]) => states.test(state))?.[0] ?? 'refused';
}

/** Tells whether the connection may be used again. */
export function breaksConnection(error: unknown): boolean {
  if (error instanceof UncommittedError) return true;
  const kind = kindOfFailure(error);
  return kind === 'unreachable' || kind === 'unanswered' || sqlStateOf(error) === '26000';
}

/** The code of an error that the server, or a pooler in its place, has sent. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = codeOf(error);
  return error instanceof Error && 'severity' in error && /^[\dA-Z]{5}$/.test(code) ? code : undefined;
}

/** Errors of `pg` from 8.11 on, which have no code. */
const ownErrors =
  /^(?:Connection terminated|Query read timeout|Client (?:has encountered|was closed)|Received unexpected \w+ message)/;
/** Codes of Node's sockets, and of TLS. */
const socketCodes = /^(?:E[A-Z]+|ERR_(?:SSL|TLS|SOCKET|STREAM)_[\w/]+)$/;

function isBrokenConnection(error: unknown): boolean {
  return error instanceof Error && (socketCodes.test(codeOf(error)) || ownErrors.test(error.message));
}

const passingStates = /^(?:57P0[123]|53[234]00|08\w{3})$/;
const passingCodes = /^(?:ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|EPIPE)$/;
const passingMessages = /^(?:Connection terminated|Client (?:has encountered|was closed)|timeout e)/;

/**
 * Tells whether another attempt may get a connection where this one got none: the server may be starting. A password, a
 * name of a database or a certificate stays wrong.
 */
export function isPassing(error: unknown): boolean {
  if (error instanceof CrowdedPoolError || error instanceof AttemptTimeoutError) return true;
  if (error instanceof UnconfirmedCommitsError) return true;
  const state = sqlStateOf(error);
  if (state !== undefined) return passingStates.test(state) && !isUnsupportedParameter(error);
  const code = codeOf(error);
  // The socket's file is missing until the server has started; other files are certificates.
  if (code === 'ENOENT') return error instanceof Error && 'syscall' in error && error.syscall === 'connect';
  return passingCodes.test(code) || (error instanceof Error && passingMessages.test(error.message));
}

/** PgBouncer refuses connections that set limits for their session. */
export function isUnsupportedParameter(error: unknown): boolean {
  return error instanceof Error && /unsupported startup parameter/i.test(error.message);
}
