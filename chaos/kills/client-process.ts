// A process of clients: starts one in each worker thread, passes the parent's orders on, and replaces those that end.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { notify } from '../notify.ts';
import { ClockError } from './fast-clock.ts';
import type { ClientConfig, Crash, Notice, Order, ProcessConfig, ThreadOrder } from './protocol.ts';

const config = JSON.parse(process.argv[2] ?? '') as ProcessConfig;
const clockError = new ClockError();
clockError.ms = config.clockErrorMs;
const workers = new Map<number, Worker>();
let started = 0;
let stopping = false;

function start(thread: number): void {
  started += 1;
  const incarnation = `${process.pid}.${started}`;
  const workerData: ClientConfig = { ...config, thread, incarnation, clockError: clockError.shared };
  const worker = new Worker(join(config.programs, 'client.mjs'), { workerData });
  workers.set(thread, worker);
  worker.on('message', () => terminate(thread));
  worker.on('error', (error) => notify<Notice>({ event: 'failed', thread, error: error.stack ?? String(error) }));
  worker.on('exit', () => {
    workers.delete(thread);
    notify<Notice>({ event: 'terminated', thread, incarnation });
    if (!stopping) start(thread);
    else if (workers.size === 0) process.disconnect();
  });
}

function terminate(thread: number): void {
  workers
    .get(thread)
    ?.terminate()
    .catch((error: unknown) => notify<Notice>({ event: 'failed', thread, error: String(error) }));
}

function arm(crashes: readonly Crash[]): void {
  const counts = [...crashes.map(({ occurrence }) => occurrence), 1];
  const left = new Int32Array(new SharedArrayBuffer(counts.length * Int32Array.BYTES_PER_ELEMENT));
  left.set(counts);
  orderAll({ do: 'arm', armed: { crashes, left } });
}

function orderAll(order: ThreadOrder): void {
  for (const worker of workers.values()) worker.postMessage(order);
}

process.on('message', (order: Order) => {
  if (order.do === 'terminate') return terminate(order.thread);
  if (order.do === 'set-clock') return void (clockError.ms = order.errorMs);
  if (order.do === 'arm') return arm(order.crashes);
  stopping = true;
  orderAll({ do: 'stop' });
});

// The clients must not outlive the parent, even if it was killed itself.
process.on('disconnect', () => process.exit());

for (let thread = 0; thread < config.threads; thread += 1) start(thread);
