import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { programFile } from './program-file.ts';

/** Runs one of the threads in `programs/` to its end, with `task` as its data. Returns the message that it sent. */
export async function resultOfThread<Result>(program: string, task: object): Promise<Result> {
  const worker = new Worker(programFile(program), { workerData: task });
  const exited = once(worker, 'exit');
  const [result] = (await once(worker, 'message')) as [Result];
  await exited;
  return result;
}
