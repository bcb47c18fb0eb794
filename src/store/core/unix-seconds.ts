import { SeenInputError } from '../errors.ts';

/** A moment as the table `seen` stores it: from Unix milliseconds to whole Unix seconds. */
export function toSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}

/** @throws {SeenInputError} for an invalid date. */
export function secondsOf(olderThan: Date): number {
  const seconds = toSeconds(olderThan.getTime());
  if (Number.isFinite(seconds)) return seconds;
  throw new SeenInputError('olderThan is not a valid date.');
}

/** @throws {SeenInputError} for anything but a Unix time in whole seconds. */
export function requireTimestamp(ts: number): void {
  if (Number.isSafeInteger(ts) && ts >= 0) return;
  throw new SeenInputError(`ts must be a Unix time in whole seconds, but is ${String(ts)}.`);
}
