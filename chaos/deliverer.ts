// A process of deliverers: it starts its worker threads, passes on the parent's orders, and replaces a dead thread.
import { Worker } from 'node:worker_threads';

import { notify } from './notify.ts';
import type { DelivererConfig, Order, ThreadConfig } from './protocol.ts';

const config = JSON.parse(process.argv[2] ?? '') as DelivererConfig;
const program = new URL('thread.ts', import.meta.url);
const workers = new Map<number, Worker>();
let births = 0;
let stopping = false;

function start(thread: number): void {
  births += 1;
  const incarnation = `${process.pid}.${births}`;
  const workerData: ThreadConfig = { ...config, thread, incarnation };
  const worker = new Worker(program, { workerData });
  workers.set(thread, worker);
  worker.on('message', () => terminate(thread));
  worker.on('error', (error) => notify({ event: 'failed', thread, error: error.stack ?? String(error) }));
  worker.on('exit', () => {
    workers.delete(thread);
    notify({ event: 'terminated', thread, incarnation });
    if (!stopping) start(thread);
    else if (workers.size === 0) process.disconnect();
  });
}

function terminate(thread: number): void {
  workers
    .get(thread)
    ?.terminate()
    .catch((error: unknown) => notify({ event: 'failed', thread, error: String(error) }));
}

process.on('message', (order: Order) => {
  if (order.do === 'terminate') return terminate(order.thread);
  if (order.do === 'doom') return workers.get(order.thread)?.postMessage(order);
  stopping = true;
  for (const worker of workers.values()) worker.postMessage(order);
});

// A deliverer whose parent has gone has nobody to deliver for.
process.on('disconnect', () => process.exit());

for (let thread = 0; thread < config.threads; thread += 1) start(thread);
