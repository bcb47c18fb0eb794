import { SeenInputError } from '../errors.ts';
import { kindOf, requireDate } from './arguments.ts';

/** A moment as the table `seen` stores it: from Unix milliseconds to whole Unix seconds. */
export function toSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}

/** @throws {SeenInputError} for anything but a valid date. */
export function secondsOf(olderThan: Date): number {
  return toSeconds(requireDate('olderThan', olderThan));
}

/** @throws {SeenInputError} for anything but a Unix time in whole seconds. */
export function requireTimestamp(ts: number): void {
  if (Number.isSafeInteger(ts) && ts >= 0) return;
  throw new SeenInputError(`ts must be a Unix time in whole seconds, but is ${kindOf(ts)}.`);
}
