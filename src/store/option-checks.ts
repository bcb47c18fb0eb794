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
export function requireWholeNumber(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw new SeenConfigError(`${name} must be a whole number above 0, but is ${String(value)}.`);
}
