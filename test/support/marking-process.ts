import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { programFile } from './program-file.ts';

const program = fileURLToPath(programFile('marking-process.ts'));

export interface MarkingOptions {
  /** Default: 1. */
  readonly count?: number;
  /** A command that runs the process in its own way, such as `setpriv` with its options. Default: none. */
  readonly within?: readonly string[];
}

/** Opens a store in another process, and marks ids there. Returns what the process printed and its exit code. */
export async function markInProcess(
  path: string,
  { count = 1, within = [] }: MarkingOptions = {},
): Promise<{ readonly output: string; readonly exitCode: number | null }> {
  const [command, ...args] = [...within, process.execPath, program, path, String(count)];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>]);
  return { output, exitCode };
}
