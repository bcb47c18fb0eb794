import { types } from 'node:util';

import { reasonOf, SeenError } from '../store/errors.ts';
import { requestText } from './request-text.ts';
import { thrownAt } from './thrown-at.ts';

/** Errors of a chain that are read, at most: a cause may lead back to its effect. */
const MAX_CAUSES = 4;
/** Errors of an `AggregateError` that are shown, at most. */
const MAX_PARTS = 3;

/** True also for an error of another realm: of `node:vm`, or of a test runner. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

/** An error as one text: its reason and those of its causes, what identifies them, and the place in the bot's own code. */
export function errorText(error: Error): string {
  const chain = chainOf(error);
  const parts: string[] = [];
  for (const part of chain.map(partText)) if (!parts.some((known) => known.includes(part))) parts.push(part);
  const place = chain.map(thrownAt).find((found) => found !== undefined);
  return [parts.join(': '), ...(place === undefined ? [] : [`at ${place}`])].join(' ');
}

function chainOf(error: Error): Error[] {
  const chain: Error[] = [];
  let next: unknown = error;
  while (isError(next) && chain.length < MAX_CAUSES && !chain.includes(next)) {
    chain.push(next);
    next = next.cause;
  }
  return next === undefined || isError(next) ? chain : [...chain, new Error(reasonOf(next))];
}

function partText(error: Error): string {
  const request = requestText(error);
  const code = codeOf(error);
  const reason = error.message || reasonsOfParts(error) || code || 'an error without a message';
  if (request !== undefined) return `${reason} (${request})`;
  const named = isNamed(error) ? `${error.name}: ${reason}` : reason;
  return code === '' || named.includes(code) ? named : `${named} (code ${code})`;
}

/** Errors of this project have a code, and a message that says all. */
function isNamed(error: Error): boolean {
  return error.name !== 'Error' && error.name !== 'AggregateError' && !(error instanceof SeenError);
}

/** A `DOMException` has a number that nobody knows it by. */
function codeOf(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' || (typeof code === 'number' && !(error instanceof DOMException)) ? `${code}` : '';
}

function reasonsOfParts(error: Error): string {
  if (!('errors' in error && Array.isArray(error.errors))) return '';
  const reasons = error.errors.slice(0, MAX_PARTS).map(reasonOf);
  return [...new Set(reasons)].filter((reason) => reason !== '').join('; ');
}
