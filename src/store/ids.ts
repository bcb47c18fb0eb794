import { SeenInputError } from './errors.ts';

const MAX_ID_LENGTH = 512;

/**
 * Checks ids before any of them is used.
 *
 * @returns A copy: the caller may go on changing the list.
 * @throws {SeenInputError} for anything but an array, or naming the first id that cannot be one.
 */
export function requireIds(ids: unknown): string[] {
  if (!Array.isArray(ids)) throw new SeenInputError(`ids must be an array of strings, but is ${typeOf(ids)}.`);
  const copy: unknown[] = [...ids];
  copy.forEach(requireId);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each of them was checked
  return copy as string[];
}

/** @throws {SeenInputError} for an id that cannot be one. */
export function requireId(id: unknown, index: number): string {
  if (typeof id === 'string' && idProblem(id) === undefined) return id;
  throw new SeenInputError(`The id at index ${index} ${idProblem(id)}`);
}

/**
 * Describes the problem with an id; undefined for one that can be used.
 *
 * U+0000 and lone surrogates are refused because SQLite and PostgreSQL would store another string than the one given.
 */
export function idProblem(id: unknown): string | undefined {
  if (typeof id !== 'string') return `is ${typeOf(id)}. An id is a string.`;
  if (id === '') return 'is empty. Leave out items that have no id of their own: a shared id would merge them.';
  if (id.length > MAX_ID_LENGTH) return `has ${id.length} characters, ${MAX_ID_LENGTH} at most. Hash it first.`;
  if (id.includes('\0')) return 'contains U+0000, which databases cut off.';
  if (!id.isWellFormed()) return 'contains a lone surrogate, which databases replace.';
  return undefined;
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : `of type ${typeof value}`;
}
