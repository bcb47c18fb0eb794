import { SeenConfigError } from './errors.ts';
import { shown } from './option-checks.ts';

/** Length from which PostgreSQL cuts names off, in bytes. */
const MAX_BYTES = 63;

/**
 * Returns the name of a schema. Any name works, since statements quote it; letters keep their case.
 *
 * @throws {SeenConfigError} naming the setting, when PostgreSQL would not take the name, or would cut it off.
 */
export function requireSchemaName(setting: string, name: unknown): string {
  const problem = schemaNameProblem(name);
  if (problem !== undefined || typeof name !== 'string') throw new SeenConfigError(`${setting} ${problem}`);
  return name;
}

/** Returns what is wrong with the name of a schema, as a sentence without its subject; undefined where nothing is. */
export function schemaNameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string') return `must be a string, but is ${shown(name)}.`;
  if (name.trim() === '') return 'is empty. Name a schema, or leave it out for the schema seen.';
  if (/^\s|\s$|["'`\p{Cc}]/u.test(name))
    return `is ${shown(name)}, with white space around it or a character that cannot be meant. Write it without.`;
  if (/^pg_/i.test(name) || name === 'information_schema')
    return `is ${shown(name)}, a name that PostgreSQL keeps for itself. Choose another.`;
  const bytes = Buffer.byteLength(name);
  if (bytes > MAX_BYTES)
    return `has ${bytes} bytes, but PostgreSQL cuts names off at ${MAX_BYTES}. Choose a shorter one.`;
  return undefined;
}
