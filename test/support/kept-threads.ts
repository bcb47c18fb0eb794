import { EventEmitter } from 'node:events';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';

import { keptThreadFile } from './thread-file.ts';

// Takes the place of `start-thread.ts` in the tests that share processes: see `vitest.config.ts`. To start a thread and to
// load its program takes three times as long as what most tests do with a store, so a thread is kept for the next store
// when one has closed. The program, its protocol and its threads are the real ones.

export { locateThread } from '../../src/store/sqlite/writer/start-thread.ts';

const idle: Worker[] = [];

/** Starts the program of a store's threads in a thread that no store uses now, or in a new one. */
export function startThread(_name: string, workerData: object): StoreThread {
  return new StoreThread(idle.pop() ?? newThread(), workerData);
}

function newThread(): Worker {
  const thread = new Worker(keptThreadFile(), { name: 'seen-store-writer', execArgv: ['--preserve-symlinks-main'] });
  // Each store adds its own listeners, and takes them away again.
  thread.setMaxListeners(0);
  // A thread that dies says nothing.
  thread.on('message', () => idle.push(thread));
  thread.unref();
  return thread;
}

/** A thread as its store knows it: the part of `Worker` that a store uses. It ends once the program has closed its port. */
class StoreThread extends EventEmitter {
  readonly #thread: Worker;
  readonly #port: MessagePort;

  constructor(thread: Worker, workerData: object) {
    super();
    const { port1, port2 } = new MessageChannel();
    this.#thread = thread;
    this.#port = port1;
    port1.on('message', (message) => this.emit('message', message));
    port1.on('close', this.#leave);
    thread.on('error', this.#onError).on('exit', this.#leave);
    thread.postMessage({ port: port2, workerData }, [port2]);
  }

  postMessage(message: unknown): void {
    this.#port.postMessage(message);
  }

  ref(): void {
    this.#port.ref();
  }

  unref(): void {
    this.#port.unref();
  }

  readonly #onError = (error: unknown): void => void this.emit('error', error);

  readonly #leave = (): void => {
    this.#thread.off('error', this.#onError).off('exit', this.#leave);
    this.emit('exit');
  };
}
