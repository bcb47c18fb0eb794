import { types } from 'node:util';

import { reasonOf, SeenInputError } from '../errors.ts';

// The checks of arguments that are no ids. A wrong type is refused here, by the argument's name: a thread cannot be sent
// everything, and a driver's complaint about parameter 3 helps nobody.

/** An object of the caller, whose fields may be anything. */
export type Given<Fields> = { readonly [Name in keyof Fields]?: unknown };

/** @throws {SeenInputError} for anything but a string. */
export function requireText(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  const remedy = types.isNativeError(value) ? ` Pass ${name}.message.` : '';
  throw new SeenInputError(`${name} must be a string, but is ${kindOf(value)}.${remedy}`);
}

/** @throws {SeenInputError} for anything but one of these words. */
export function requireOneOf(name: string, value: unknown, words: readonly string[]): void {
  if (words.some((word) => word === value)) return;
  const given = typeof value === 'string' ? JSON.stringify(value) : kindOf(value);
  throw new SeenInputError(`${name} must be one of ${words.join(', ')}, but is ${given}.`);
}

/**
 * Copies a list: the caller may go on changing it.
 *
 * @throws {SeenInputError} for anything but an array.
 */
export function requireList(name: string, value: unknown): readonly unknown[] {
  return readArgument(name, () => {
    if (Array.isArray(value)) return Array.from<unknown>(value);
    throw new SeenInputError(`${name} must be an array, but is ${kindOf(value)}.`);
  });
}

/** @throws {SeenInputError} for anything but an array of strings. */
export function requireTexts(name: string, values: unknown): string[] {
  return requireList(name, values).map((value, index) => requireText(`${name}[${index}]`, value));
}

/** @throws {SeenInputError} for anything but true, false and undefined, which stands for the default. */
export function requireFlag(name: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw new SeenInputError(`${name} must be true or false, but is ${kindOf(value)}.`);
}

/** @throws {SeenInputError} for anything but an object: null, for example. */
export function requireObject(name: string, value: unknown): object {
  if (typeof value === 'object' && value !== null) return value;
  throw new SeenInputError(`${name} must be an object, but is ${kindOf(value)}.`);
}

/** @throws {SeenInputError} for anything but a whole number of at least `least`. */
export function requireWholeNumber(name: string, value: unknown, least: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  throw new SeenInputError(`${name} must be a whole number, at least ${least}, but is ${kindOf(value)}.`);
}

/**
 * A moment in Unix milliseconds.
 *
 * @throws {SeenInputError} for anything but a valid date: taken for "at once", it would make retries spin.
 */
export function requireDate(name: string, value: unknown): number {
  if (!types.isDate(value)) throw new SeenInputError(`${name} must be a Date, but is ${kindOf(value)}.`);
  const time = new Date(value).getTime();
  if (!Number.isNaN(time)) return time;
  throw new SeenInputError(`${name} is not a valid date.`);
}

/**
 * Reads an argument that may run code of the caller, a getter for example. What is checked is read once, so that it
 * cannot change meanwhile.
 *
 * @throws {SeenInputError} naming the argument, when that code throws.
 */
export function readArgument<Value>(name: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof SeenInputError) throw error;
    throw new SeenInputError(`${name} cannot be read: ${reasonOf(error)}.`, { cause: error });
  }
}

/** Describes a value that is refused: a number as it is, anything else by its type. */
export function kindOf(value: unknown): string {
  if (value === null || typeof value === 'number') return String(value);
  if (types.isNativeError(value)) return 'an Error';
  if (types.isProxy(value)) return 'a Proxy';
  return Array.isArray(value) ? 'an array' : `of type ${typeof value}`;
}
