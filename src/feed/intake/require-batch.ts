import { SeenInputError } from '../../store/errors.ts';

/**
 * Looks at what a bot gave as a batch: an event takes anything.
 *
 * @throws {SeenInputError} saying what a batch is. Nothing was taken in.
 */
export function requireBatch(feed: string, given: unknown): void {
  const problem = problemOf(given);
  if (problem === undefined) return;
  throw new SeenInputError(
    `The feed "${feed}" was given ${problem}. A batch is an object such as { items: [...], complete: true }, where ` +
      'complete says whether these are all items that the source lists. Nothing of it was taken in.',
  );
}

function problemOf(given: unknown): string | undefined {
  if (Array.isArray(given)) return 'an array in the place of a batch';
  if (typeof given !== 'object' || given === null) return `${String(given)} in the place of a batch`;
  const { items, complete, categories } = { items: undefined, complete: undefined, categories: undefined, ...given };
  if (!Array.isArray(items)) return `a batch whose items are ${kindOf(items)} and no array`;
  if (typeof complete !== 'boolean') return `a batch whose complete is ${kindOf(complete)} and neither true nor false`;
  if (categories !== undefined && !isListOfNames(categories))
    return 'a batch whose categories are no list of names. Left out, they stand for everything';
  return undefined;
}

function isListOfNames(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string');
}

function kindOf(value: unknown): string {
  return value === undefined || value === null ? String(value) : `of type ${typeof value}`;
}
