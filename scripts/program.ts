import { Command, CommanderError, type OptionValues } from '@commander-js/extra-typings';

/**
 * Starts the definition of a program, to which the caller adds its options.
 *
 * @param name The name of its npm script.
 * @param exitCodes The meaning of 0 and 1.
 */
export function createProgram(name: string, description: string, exitCodes: string): Command {
  return new Command(`npm run ${name} --`)
    .description(description)
    .helpOption('--help', 'show this text')
    .addHelpText('after', `\nExit codes: ${exitCodes}, 2 for a wrong option.`)
    .configureOutput({ writeOut: (text) => console.log(chomp(text)), writeErr: (text) => console.error(chomp(text)) })
    .showHelpAfterError()
    .exitOverride();
}

/** The console adds a line's end itself. Unlike the streams, it tolerates a reader that has gone. */
function chomp(text: string): string {
  return text.replace(/\n$/, '');
}

/**
 * Runs a program with the options in `args`.
 *
 * @returns The exit code: that of `run`, 0 for `--help`, 2 for a wrong option, and 1 or the error's own `exitCode` when
 *   `run` throws.
 */
export async function runProgram<Options extends OptionValues>(
  program: Command<[], Options>,
  run: (options: Options) => Promise<number> | number,
  args: readonly string[] = process.argv.slice(2),
): Promise<number> {
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  try {
    return await run(program.opts());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return error instanceof Error && 'exitCode' in error ? Number(error.exitCode) : 1;
  }
}
