import { createInterface } from 'node:readline';

/**
 * Runs in a child process: says `ready` once `prepare` is done, starts at the parent's first line, aborts the signal when
 * the parent has no more to say, and prints the result as one line of JSON.
 */
export async function serve<T>(prepare: () => Promise<(stopped: AbortSignal) => Promise<T>>): Promise<void> {
  const stop = new AbortController();
  const started = Promise.withResolvers<void>();
  const lines = createInterface({ input: process.stdin });
  lines.once('line', () => started.resolve()).once('close', () => stop.abort());
  const run = await prepare();
  console.log('ready');
  await started.promise;
  console.log(JSON.stringify(await run(stop.signal)));
  lines.close();
  process.stdin.destroy();
}
