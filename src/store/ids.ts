import { SeenInputError } from './errors.ts';

const MAX_ID_LENGTH = 512;

/**
 * Checks ids before any of them is used.
 *
 * U+0000 and lone surrogates are refused because SQLite and PostgreSQL would store another string than the one given.
 *
 * @throws {SeenInputError} naming the first id that cannot be one.
 */
export function requireIds(ids: readonly unknown[]): void {
  const index = ids.findIndex((id) => idProblem(id) !== undefined);
  if (index >= 0) throw new SeenInputError(`The id at index ${index} ${idProblem(ids[index])}`);
}

/** Describes the problem with an id; undefined for one that can be used. */
export function idProblem(id: unknown): string | undefined {
  if (typeof id !== 'string') return `is ${id === null ? 'null' : `of type ${typeof id}`}. An id is a string.`;
  if (id === '') return 'is empty. Leave out items that have no id of their own: a shared id would merge them.';
  if (id.length > MAX_ID_LENGTH) return `has ${id.length} characters, ${MAX_ID_LENGTH} at most. Hash it first.`;
  if (id.includes('\0')) return 'contains U+0000, which databases cut off.';
  if (!id.isWellFormed()) return 'contains a lone surrogate, which databases replace.';
  return undefined;
}
