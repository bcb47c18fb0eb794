import { SeenInputError } from '../errors.ts';

/**
 * A moment as the table `seen` stores it: Unix time in whole seconds.
 *
 * @throws {SeenInputError} for an invalid date.
 */
export function toSeconds(moment: Date | number): number {
  const seconds = Math.floor(Number(moment) / 1000);
  if (Number.isFinite(seconds)) return seconds;
  throw new SeenInputError('olderThan is not a valid date.');
}

/** @throws {SeenInputError} for anything but a Unix time in whole seconds. */
export function requireTimestamp(ts: number): void {
  if (Number.isSafeInteger(ts) && ts >= 0) return;
  throw new SeenInputError(`ts must be a Unix time in whole seconds, but is ${String(ts)}.`);
}
