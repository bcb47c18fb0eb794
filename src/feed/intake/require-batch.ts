import { SeenInputError } from '../../store/errors.ts';
import { isRecord } from '../json-record.ts';

/**
 * Looks at what a bot gave as a batch: an event takes anything.
 *
 * @throws {SeenInputError} saying what a batch is. Nothing was taken in.
 */
export function requireBatch(feed: string, given: unknown): void {
  const problem = problemOf(given);
  if (problem === undefined) return;
  throw new SeenInputError(
    `The feed "${feed}" was given ${problem}. Give it an object such as { items: [...], complete: true }, where ` +
      'complete says whether these are all items that the source lists. Nothing of it was taken in.',
  );
}

function problemOf(given: unknown): string | undefined {
  if (isThenable(given)) return 'a promise in the place of a batch, which has to be awaited first';
  if (!isRecord(given)) return `${kindOf(given)} in the place of a batch`;
  if (!('items' in given)) return `${kindOf(given)} without items in the place of a batch`;
  const { items, complete, categories } = given;
  if (isThenable(items)) return 'a batch whose items are a promise, which has to be awaited first';
  if (!Array.isArray(items)) return `a batch whose items are ${kindOf(items)} and no array`;
  if (typeof complete !== 'boolean') return `a batch whose complete is ${kindOf(complete)} and neither true nor false`;
  if (categories !== undefined && !isListOfNames(categories))
    return 'a batch whose categories are no list of names. Left out, they stand for everything';
  return undefined;
}

function isListOfNames(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string');
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (Array.isArray(value)) return 'an array';
  const name = value.constructor?.name ?? 'Object';
  return name === 'Object' ? 'an object' : `an instance of ${name}`;
}
