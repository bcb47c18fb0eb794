import { inspect } from 'node:util';

import { describeOwner } from './owner.ts';

/**
 * The base of every error that this project throws on purpose.
 *
 * `code` is stable and meant for programs; `message` says what was wrong and what to do, and is meant for people.
 */
export abstract class SeenError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A setting or an option has a value that cannot work. Nothing was opened or changed. */
export class SeenConfigError extends SeenError {
  readonly code = 'SEEN_CONFIG';
}

/** An argument of a store call cannot be used, an empty id for example. Nothing was read or written. */
export class SeenInputError extends SeenError {
  readonly code = 'SEEN_INPUT';
}

/**
 * The store could not be opened, or must no longer be used, since its database was moved away. `location` names the
 * database.
 */
export class SeenStoreOpenError extends SeenError {
  readonly code = 'SEEN_STORE_OPEN';
  readonly location: string;

  constructor(message: string, location: string, options?: ErrorOptions) {
    super(message, options);
    this.location = location;
  }
}

/** An open store failed to read or write. `cause` is the driver's error. */
export class SeenStoreError extends SeenError {
  readonly code = 'SEEN_STORE';
  readonly operation: string;

  constructor(operation: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.operation = operation;
  }
}

/** The write lock stayed with somebody else for longer than `waitedMs` milliseconds. Trying again later is safe. */
export class SeenStoreBusyError extends SeenError {
  readonly code = 'SEEN_STORE_BUSY';
  readonly operation: string;
  readonly waitedMs: number;

  constructor(operation: string, waitedMs: number, options?: ErrorOptions) {
    super(
      `${operation} waited ${waitedMs} ms for the write lock, which another process or thread still holds. ` +
        'Nothing was written; try again.',
      options,
    );
    this.operation = operation;
    this.waitedMs = waitedMs;
  }
}

/** The store was used after `close()`. */
export class SeenStoreClosedError extends SeenError {
  readonly code = 'SEEN_STORE_CLOSED';

  constructor(operation: string) {
    super(`${operation} was called on a closed store. Open a new one with openSeenStore().`);
  }
}

/** One claim that was refused: who has the item now, under which token. */
export interface LostClaim {
  readonly id: string;
  /** The token that was shown. */
  readonly token: number;
  /**
   * The token that counts now; null when the item is no longer known. When it is the one that was shown, the claim has
   * ended, or is that of another store.
   */
  readonly currentToken: number | null;
  /** Null when nobody works on the item. */
  readonly currentOwner: string | null;
  readonly state: string | null;
}

/** Claims that the message of an error describes. The error carries the evidence for all of them. */
const MAX_DESCRIBED = 20;

/** A lease ran out and its item passed to another owner, or the claim had already ended. `lost` is the evidence. */
export class SeenClaimLostError extends SeenError {
  readonly code = 'SEEN_CLAIM_LOST';
  readonly operation: string;
  readonly lost: readonly LostClaim[];

  constructor(operation: string, lost: readonly LostClaim[]) {
    const more = lost.length > MAX_DESCRIBED ? `; and ${lost.length - MAX_DESCRIBED} more` : '';
    const described = lost.slice(0, MAX_DESCRIBED).map(describeLost).join('; ');
    super(`${operation} was refused for ${described}${more}. Leave the item to its present owner.`);
    this.operation = operation;
    this.lost = lost;
  }
}

function describeLost({ id, token, currentToken, currentOwner, state }: LostClaim): string {
  if (currentToken === null) return `${id}: token ${token} is for an item that is no longer known`;
  const holder = `held by ${currentOwner ?? 'nobody'} (${state ?? 'unknown'})`;
  if (currentToken !== token) return `${id}: token ${token} is not the live one, which is ${currentToken}, ${holder}`;
  if (currentOwner === null) return `${id}: the claim with token ${token} has ended (${state ?? 'unknown'})`;
  return `${id}: token ${token} belongs to the claim of another store, ${holder}`;
}

/** A term of leadership that is over: who leads now. */
export interface LostTerm {
  readonly name: string;
  /** The number that was shown. */
  readonly number: number;
  /** The number of the latest term; null when the database knows of none. */
  readonly currentNumber: number | null;
  /** Null when nobody leads, as after a resignation. */
  readonly currentLeader: string | null;
}

/** A term of leadership is over: another store was elected, or this one resigned. `lost` is the evidence. */
export class SeenTermLostError extends SeenError {
  readonly code = 'SEEN_TERM_LOST';
  readonly lost: LostTerm;

  constructor(lost: LostTerm) {
    super(`${describeTerm(lost)} Stop what only the leader may do.`);
    this.lost = lost;
  }
}

function describeTerm({ name, number, currentNumber, currentLeader }: LostTerm): string {
  const term = `Term ${number} of "${name}" is over:`;
  if (currentNumber === null) return `${term} the database knows of none.`;
  if (currentLeader === null) return `${term} its leader has resigned.`;
  return `${term} ${describeOwner(currentLeader)} leads, in term ${currentNumber}.`;
}

/** The message of whatever was thrown. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  if (typeof error !== 'object' || error === null) return String(error);
  const { message } = error as { readonly message?: unknown };
  return typeof message === 'string' ? message : inspect(error, { depth: 1, breakLength: Infinity });
}

/** The code of an error of the system or of a driver; empty for any other. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
