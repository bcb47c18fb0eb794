import { Duration } from '@sapphire/duration';

import { SeenInputError } from '../../store/errors.ts';

/**
 * Turns an age like `7d`, `36h` or `2w` into the moment that lies so long before now.
 *
 * @param now Milliseconds since the Unix epoch.
 * @throws {SeenInputError} for anything else: a number without a unit or a negative age, for example.
 */
export function parseAge(text: string, now: number): Date {
  const isAge = /^(\s*\d+(\.\d+)?\s*[a-z]+)+\s*$/i.test(text);
  const parts = text.match(/\d+(\.\d+)?\s*[a-z]+/gi) ?? [];
  // Part by part: given the whole, Duration silently ignores a part whose unit it does not know.
  const offset = parts.reduce((sum, part) => sum + new Duration(part).offset, 0);
  if (isAge && offset > 0 && offset < now) return new Date(now - offset);
  throw new SeenInputError(`“${text.slice(0, 50)}” is not an age. Write a number and a unit: 7d, 36h, 2w.`);
}
