import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { processEnv } from './process-env.ts';

const program = fileURLToPath(new URL('../../src/cli/seen.ts', import.meta.url));

export interface CommandOutcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Added to what a process needs. Default: none. */
  readonly env?: Readonly<Record<string, string>>;
  /** The working directory. Default: that of the tests. */
  readonly cwd?: string;
  /** Options of Node. Default: none. */
  readonly nodeOptions?: readonly string[];
  /** Called with the process once it has started. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs the command `seen` in a process of its own. */
export async function seen(args: readonly string[], options: CommandOptions = {}): Promise<CommandOutcome> {
  const { env = {}, cwd, nodeOptions = [], onStart } = options;
  const child = spawn(process.execPath, [...nodeOptions, program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...processEnv, ...env },
    ...(cwd !== undefined && { cwd }),
  });
  onStart?.(child);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { exitCode, stdout, stderr };
}
