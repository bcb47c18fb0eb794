import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { Command, CommanderError } from 'commander';

import { systemClock } from '../store/clock.ts';
import { reasonOf, SeenConfigError, SeenInputError } from '../store/errors.ts';
import { silentLogger } from '../store/logger.ts';
import { addBackup } from './commands/backup.ts';
import type { CommandContext } from './context.ts';
import { abortOnSignal } from './signals.ts';

const exitCodes = `
Exit codes: 0 when it is done, 1 when it could not be done, 2 when something must be called differently: a wrong option,
argument or variable.`;

/** The subcommands, each of which adds itself to the program. */
const commands: readonly ((program: Command, context: CommandContext) => void)[] = [addBackup];

/**
 * Runs the command line.
 *
 * @param args The arguments after the program's name.
 * @returns The exit code. An error has been reported in a sentence by then.
 */
export async function run(args: readonly string[]): Promise<number> {
  const context: CommandContext = {
    clock: systemClock,
    logger: { ...silentLogger, warn: console.error, error: console.error },
    signal: abortOnSignal(),
    screen: process.stderr,
  };
  try {
    await createProgram(context).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has said it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    console.error(reasonOf(error));
    return error instanceof SeenInputError || error instanceof SeenConfigError ? 2 : 1;
  }
}

function createProgram(context: CommandContext): Command {
  const program = new Command('seen')
    .description('Looks after the database of sapphire-plugin-seen, also while a bot is using it.')
    .helpOption('--help', 'show this text')
    .version(readVersion(), '--version', 'show the version')
    .addHelpText('afterAll', exitCodes)
    .showHelpAfterError('Try --help.')
    .exitOverride();
  for (const add of commands) add(program, context);
  return program;
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(findPackageJSON(import.meta.url) ?? '', 'utf8'));
  const isKnown = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isKnown ? String(manifest.version) : 'unknown';
}
