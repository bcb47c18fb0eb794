import { SeenConfigError } from './errors.ts';

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
  throw new SeenConfigError(`${name} must be a number above 0, but is ${String(value)}.`);
}

/** @throws {SeenConfigError} naming the option. */
export function requireDays(name: string, value: number): void {
  if (typeof value === 'number' && value > 0) return;
  throw new SeenConfigError(`${name} must be a number of days above 0, or Infinity, but is ${String(value)}.`);
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
  throw new SeenConfigError(`${name} must be a whole number above 0, but is ${String(value)}.`);
}
