import { reasonOf, SeenInputError } from './errors.ts';

/**
 * A value as JSON text.
 *
 * @throws {SeenInputError} for a value that JSON cannot hold, a bigint or a cycle for example.
 */
export function toJson(what: string, value: unknown): string {
  try {
    const json: string | undefined = JSON.stringify(value);
    if (json !== undefined) return json;
  } catch (error) {
    throw new SeenInputError(`JSON cannot hold ${what}: ${reasonOf(error)}.`, { cause: error });
  }
  throw new SeenInputError(`JSON cannot hold ${what}, which is of type ${typeof value}.`);
}
