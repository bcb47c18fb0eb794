import { existsSync } from 'node:fs';

import { reasonOf } from './deadline.ts';
import { killGroup, startGroup, untilEnded } from './process-group.ts';
import { withSecondAttempt } from './second-attempt.ts';

/** The variables that npm and its scripts set for this program. A stranger's command does not have them. */
const OURS = /^(npm_(package|lifecycle|command|execpath|node)|INIT_CWD|NODE_COMPILE_CACHE|NODE_OPTIONS|VITEST|SEEN_)/;

/** This program's environment without what is its own. */
export const strangersEnv: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !OURS.test(name)),
);

export interface CommandOptions {
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Variables besides those of `strangersEnv`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command to its end.
 *
 * @throws {Error} When it fails, cannot be started or is ended by the signal, with the end of its output in the message.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  { folder, signal, env = {} }: CommandOptions,
): Promise<CommandOutput> {
  signal.throwIfAborted();
  const leader = startGroup(command, args, { folder, env: { ...strangersEnv, ...env } });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    leader[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
  }
  const kill = (): void => killGroup(leader);
  signal.addEventListener('abort', kill, { once: true });
  const { how } = await untilEnded(leader)
    .catch((error: unknown) => {
      throw notStarted(command, folder, error);
    })
    .finally(() => signal.removeEventListener('abort', kill));
  if (how === 'exit code 0') return output;
  const end = signal.aborted ? `was ended: ${reasonOf(signal)}` : `failed: ${how}`;
  throw new Error(`${[command, ...args.slice(0, 3)].join(' ')} ${end}\n${tail(output)}`);
}

/** Without what npm says to people, and with patience for the registry, but none for a connection that hangs. */
const NPM_FLAGS = [
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--fetch-retries=4',
  '--fetch-retry-mintimeout=2000',
  '--fetch-timeout=60000',
];

/** Runs npm. An installation that fails is tried once more. */
export function npm(args: readonly string[], options: CommandOptions): Promise<CommandOutput> {
  const run = (): Promise<CommandOutput> => runCommand('npm', [...args, ...NPM_FLAGS], options);
  return args[0] === 'install' ? withSecondAttempt(options.signal, run) : run();
}

function notStarted(command: string, folder: string, cause: unknown): Error {
  const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT' && existsSync(folder);
  return new Error(isMissing ? `${command} is not installed.` : `${command} cannot be started: ${String(cause)}`, {
    cause,
  });
}

/** Returns the last lines of what was printed. */
function tail({ stdout, stderr }: CommandOutput): string {
  return `${stdout}\n${stderr}`.trim().split('\n').slice(-30).join('\n');
}
