import { notify } from '../notify.ts';
import type { Crash, Notice, Step } from './protocol.ts';

/** The crash points of a client: they end its thread, or the whole process, at the step that the nemesis has chosen. */
export class CrashPoints {
  readonly #thread: number;
  readonly #terminate: () => void;
  #crash: Crash | undefined;
  #left = 0;

  /** @param terminate Asks the main thread to terminate this one. */
  constructor(thread: number, terminate: () => void) {
    this.#thread = thread;
    this.#terminate = terminate;
  }

  arm(crash: Crash): void {
    this.#crash = crash;
    this.#left = crash.occurrence;
  }

  /** Counts a step that the delivery has reached. Does not return if the thread is to crash there. */
  reach(step: Exclude<Step, 'sent'>, id: string): void {
    if (this.#isDue(step, id)) this.#end();
  }

  /** Counts a request that is about to leave. Returns true if the parent is to kill the thread before the answer. */
  isLastRequest(id: string): boolean {
    return this.#isDue('sent', id);
  }

  #isDue(step: Step, id: string): boolean {
    if (this.#crash?.step !== step) return false;
    this.#left -= 1;
    if (this.#left !== 0) return false;
    notify<Notice>({ event: 'crashing', thread: this.#thread, step, id });
    return true;
  }

  #end(): never {
    if (this.#crash?.target === 'process') process.kill(process.pid, 'SIGKILL');
    this.#terminate();
    // Blocks the thread, so that it does nothing more until it is terminated.
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
}
