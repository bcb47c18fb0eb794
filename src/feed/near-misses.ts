import { SeenConfigError } from '../store/errors.ts';

/**
 * Refuses an option whose name is almost one of these: in other letters, with another sign between its words, or with
 * one letter wrong. Other names may be options of the bot author's own class.
 *
 * @throws {SeenConfigError} naming the option that is probably meant.
 */
export function refuseNearMisses(options: object, names: readonly string[], others: readonly string[]): void {
  for (const [given, value] of Object.entries(options)) {
    if (value === undefined || names.includes(given) || others.includes(given)) continue;
    const meant = names.find((name) => isNear(letters(given), letters(name)));
    if (meant !== undefined)
      throw new SeenConfigError(
        `A feed has no option ${given}: ${meant} is probably meant. It has: ${names.join(', ')}.`,
      );
  }
}

function letters(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** True for texts that differ in one letter at most: one too many, one missing, another one, or two in each other's place. */
function isNear(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false;
  const start = commonStart(one, other);
  const [rest, otherRest] = [one.slice(start), other.slice(start)];
  const isSwapped = rest[0] === otherRest[1] && rest[1] === otherRest[0] && rest.slice(2) === otherRest.slice(2);
  const isReplaced = rest.slice(1) === otherRest.slice(1);
  return isSwapped || isReplaced || rest.slice(1) === otherRest || rest === otherRest.slice(1);
}

function commonStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}
