import { inspect } from 'node:util';

import { SeenConfigError } from './errors.ts';
import type { SeenLogger } from './logger.ts';

/** Options of which every one is set. */
export type Resolved<Options> = { readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined> };

/** Options over their defaults. An option that is passed as `undefined` does not hide its default. */
export function withDefaults<Options extends object, Defaults extends object>(
  defaults: Defaults,
  options: Options,
): Defaults & { [Name in keyof Options]: Exclude<Options[Name], undefined> } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is undefined was left out
  return { ...defaults, ...Object.fromEntries(given) } as ReturnType<typeof withDefaults<Options, Defaults>>;
}

/** @throws {SeenConfigError} naming the option. */
export function requirePositive(name: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return;
  throw new SeenConfigError(`${name} must be a number above 0, but is ${shown(value)}.`);
}

/** @throws {SeenConfigError} naming the option. */
export function requireDays(name: string, value: number): void {
  if (typeof value === 'number' && value > 0) return;
  throw new SeenConfigError(`${name} must be a number of days above 0, or Infinity, but is ${shown(value)}.`);
}

/**
 * A number of days from the environment, where `forever` stands for `Infinity`; undefined for a variable that is not set.
 *
 * @throws {SeenConfigError} naming the variable.
 */
export function daysOf(variable: string, text = ''): number | undefined {
  const word = text.trim().toLowerCase();
  if (word === '') return undefined;
  const days = word === 'forever' ? Infinity : Number(word);
  if (days > 0) return days;
  throw new SeenConfigError(
    `${variable} must be a number of days above 0, or forever, but is ${JSON.stringify(text)}.`,
  );
}

/** @throws {SeenConfigError} naming the option. */
export function requireWholeNumber(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw new SeenConfigError(`${name} must be a whole number above 0, but is ${shown(value)}.`);
}

/**
 * Refuses what is no object, and options that do not exist: one that is misspelled would do nothing, and nobody would notice.
 *
 * @param owner The name of what has the options.
 * @throws {SeenConfigError} naming the option, and those that there are; also when the options are no object.
 */
export function requireKnownOptions(owner: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new SeenConfigError(`${owner} takes an object of options, but got ${shown(options)}. ${has(known)}`);
  const unknown = Object.entries(options).find(([name, value]) => value !== undefined && !known.includes(name));
  if (unknown !== undefined) throw new SeenConfigError(`${owner} has no option ${unknown[0]}. ${has(known)}`);
}

function has(options: readonly string[]): string {
  return `It has: ${options.join(', ')}.`;
}

const levels: readonly (keyof SeenLogger)[] = ['debug', 'info', 'warn', 'error'];

/** @throws {SeenConfigError} naming the option, and the methods that the logger lacks. */
export function requireLogger(name: string, logger: unknown): void {
  const missing = levels.filter((level) => typeof Object(logger)[level] !== 'function');
  if (missing.length === 0) return;
  throw new SeenConfigError(
    `${name} must be a logger with the methods ${levels.join(', ')}, but ${shown(logger)} has no ${missing.join(', ')}. ` +
      'Leave the option out for the default.',
  );
}

/** @throws {SeenConfigError} naming the option. */
export function requireString(name: string, value: unknown): void {
  if (typeof value !== 'string') throw new SeenConfigError(`${name} must be a string, but is ${shown(value)}.`);
}

/** @throws {SeenConfigError} naming the option, and the first element that is no string. */
export function requireStrings(name: string, values: unknown): void {
  if (!Array.isArray(values))
    throw new SeenConfigError(`${name} must be an array of strings, but is ${shown(values)}.`);
  const wrong = values.findIndex((value) => typeof value !== 'string');
  if (wrong !== -1) requireString(`${name}[${wrong}]`, values[wrong]);
}

/** A value as its programmer would write it: a text can be told from a number. */
export function shown(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Infinity, maxArrayLength: 5, maxStringLength: 100 });
}
