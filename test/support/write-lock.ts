import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

import { programFile } from './program-file.ts';

const program = fileURLToPath(programFile('lock-holder.ts'));

/** Takes the write lock of a database from another process. Call the result to give it back. */
export async function holdWriteLock(path: string): Promise<() => Promise<void>> {
  const holder = spawn(process.execPath, [program, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(holder, 'exit');
  onTestFinished(() => void holder.kill());
  const failed = exited.then(() => Promise.reject(new Error('The process ended before it had the lock.')));
  await Promise.race([once(holder.stdout, 'data'), failed]);
  return async () => {
    holder.stdin.end();
    await exited;
  };
}
