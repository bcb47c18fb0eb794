import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

import { systemClock } from '../store/clock.ts';
import { reasonOf, SeenConfigError, SeenInputError } from '../store/errors.ts';
import { silentLogger } from '../store/logger.ts';
import { backup } from './commands/backup.ts';
import type { CommandContext } from './context.ts';
import { abortOnSignal } from './signals.ts';
import { parse, UsageError, type Subcommand } from './subcommand.ts';

/** The subcommands. A new one is added here. */
const commands: readonly Subcommand[] = [backup];

const help = `Usage: seen [options] [command]

Looks after the database of sapphire-plugin-seen, also while a bot is using it.

Options:
  --version                       show the version
  --help                          show this text

Commands:
${commands.map(({ summary }) => summary).join('\n')}
  help [command]                  show the text of a command`;

const exitCodes = `
Exit codes: 0 when it is done, 1 when it could not be done, 2 when something must be called differently: a wrong option,
argument or variable.`;

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
    return await dispatch(args, context);
  } catch (error) {
    if (error instanceof UsageError) console.error(`error: ${error.message}\nTry --help.`);
    else console.error(reasonOf(error));
    const isOfTheCaller = [UsageError, SeenInputError, SeenConfigError].some((kind) => error instanceof kind);
    return isOfTheCaller ? 2 : 1;
  }
}

async function dispatch([first, ...rest]: readonly string[], context: CommandContext): Promise<number> {
  if (first === undefined) {
    console.error(`${help}\n${exitCodes}`);
    return 2;
  }
  if (first === '--version') console.log(readVersion());
  else if (first === '--help' || first === 'help') console.log(`${helpOf(rest[0])}\n${exitCodes}`);
  else await runCommand(find(first), rest, context);
  return 0;
}

async function runCommand(command: Subcommand, args: readonly string[], context: CommandContext): Promise<void> {
  const given = parse(command, args);
  if (given.wantsHelp) console.log(`${command.help}\n${exitCodes}`);
  else await command.run(given, context);
}

function helpOf(name: string | undefined): string {
  return name === undefined ? help : find(name).help;
}

function find(name: string): Subcommand {
  const command = commands.find((one) => one.name === name);
  if (command !== undefined) return command;
  throw new UsageError(`unknown ${name.startsWith('-') ? 'option' : 'command'} '${name}'`);
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(findPackageJSON(import.meta.url) ?? '', 'utf8'));
  const isKnown = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isKnown ? String(manifest.version) : 'unknown';
}
