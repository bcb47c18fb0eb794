import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { Command, CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';

import { reasonOf, SeenConfigError, SeenInputError } from '../store/errors.ts';
import { backup } from './commands/backup.ts';
import { exportCommand } from './commands/export.ts';
import { importCommand } from './commands/import.ts';
import { migrate } from './commands/migrate.ts';
import { stats } from './commands/stats.ts';
import { why } from './commands/why.ts';
import type { CommandContext } from './context.ts';

/** The subcommands. A new one is added here. */
const subcommands: readonly ((context: CommandContext) => CommandUnknownOpts)[] = [
  stats,
  why,
  migrate,
  backup,
  importCommand,
  exportCommand,
];

const exitCodes = `
Exit codes: 0 for success, 1 for what is not possible at the moment (a database is in use, missing or out of reach),
2 for a wrong option, argument or variable.`;

/**
 * Runs the command line.
 *
 * @param args The arguments after the program's name.
 * @returns The exit code. An error has been reported in a sentence by then.
 */
export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const { signal, complain } = context;
  try {
    const program = createProgram(context);
    await program.parseAsync(withoutVainHelp(program, args), { from: 'user' });
    return 0;
  } catch (error) {
    // What it has to say it has said. Its own code for a call without a command is 1.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    // What it was about to do when it was stopped may have failed as well, and left something to know.
    if (signal.aborted && signal.reason !== error) complain(reasonOf(signal.reason));
    complain(reasonOf(error));
    return [SeenInputError, SeenConfigError].some((kind) => error instanceof kind) ? 2 : 1;
  }
}

function createProgram(context: CommandContext): CommandUnknownOpts {
  const { print, complain } = context;
  const program: CommandUnknownOpts = new Command('seen')
    .description('Manages the database of sapphire-plugin-seen, even while a bot is using it.')
    .version(readVersion(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this text')
    .helpCommand('help [command]', 'show the text of a command')
    .addHelpText('afterAll', exitCodes);
  for (const create of subcommands) program.addCommand(create(context));
  for (const command of [program, ...program.commands]) {
    command
      .helpOption('-h, --help', 'show this text')
      .configureOutput({ writeOut: (text) => print(chomp(text)), writeErr: (text) => complain(chomp(text)) })
      .showHelpAfterError('Try --help.')
      .exitOverride();
  }
  return program;
}

/** Help about a command that is not there would be that of the program: only its name is left, which is refused. */
function withoutVainHelp({ commands }: CommandUnknownOpts, args: readonly string[]): readonly string[] {
  const [name] = args[0] === 'help' ? args.slice(1) : args;
  const isVain = name !== undefined && !name.startsWith('-') && !commands.some((command) => command.name() === name);
  return isVain ? [name] : args;
}

/** The lines are ended by those who write them. */
function chomp(text: string): string {
  return text.replace(/\n$/, '');
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(findPackageJSON(import.meta.url) ?? '', 'utf8'));
  const isKnown = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isKnown ? String(manifest.version) : 'unknown';
}
