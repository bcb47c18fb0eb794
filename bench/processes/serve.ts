import { createInterface } from 'node:readline';

/**
 * Serves the parent of a child process: prints `ready` once `prepare` is done, starts at the first line on stdin,
 * aborts the signal when stdin ends, and prints the result as one line of JSON.
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
