import { parseArgs } from 'node:util';

import { reasonOf } from '../store/errors.ts';
import type { CommandContext } from './context.ts';

/** A subcommand of `seen`. */
export interface Subcommand {
  readonly name: string;
  /** Its line in the help of the program. */
  readonly summary: string;
  /** The names of its arguments, all of which must be given. */
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, { readonly type: 'boolean' | 'string' }>>;
  /** The text of `--help`, without the exit codes. */
  readonly help: string;
  run(given: Given, context: CommandContext): Promise<void>;
}

/** What somebody typed after the name of a subcommand. */
interface Given {
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

/** Thrown when the program must be called differently. */
export class UsageError extends Error {}

/** @throws {UsageError} for an option or a number of arguments that the subcommand does not have. */
export function parse(command: Subcommand, args: readonly string[]): Given & { readonly wantsHelp: boolean } {
  const { values, positionals } = parseOptions(command, args);
  const { help, ...options } = values;
  const wantsHelp = help === true;
  if (!wantsHelp) requireArguments(command, positionals);
  return { arguments: positionals, options, wantsHelp };
}

function parseOptions({ options }: Subcommand, args: readonly string[]) {
  const all = { ...options, help: { type: 'boolean' } } as const;
  try {
    return parseArgs({ args: [...args], options: all, allowPositionals: true });
  } catch (error) {
    // Node's first sentence says what is wrong, the others how to write what nobody meant.
    const [problem = ''] = reasonOf(error).split(/\.\s/);
    const names = Object.keys(all).map((name) => `--${name}`);
    throw new UsageError(`${problem.charAt(0).toLowerCase()}${problem.slice(1)} (the options are ${names.join(', ')})`);
  }
}

function requireArguments({ name, arguments: names }: Subcommand, given: readonly string[]): void {
  const missing = names[given.length];
  if (missing !== undefined) throw new UsageError(`missing required argument '${missing}'`);
  if (given.length === names.length) return;
  const count = `Expected ${names.length} but got ${given.length}: ${given.join(', ')}`;
  throw new UsageError(`too many arguments for '${name}'. ${count}.`);
}
