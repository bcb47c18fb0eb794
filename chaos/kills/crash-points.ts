import { notify } from '../notify.ts';
import type { ArmedCrashes, Crash, Notice, Step } from './protocol.ts';

/**
 * The crash points of a client: they end its thread, or the whole process, at a step that the nemesis has chosen. Of the
 * threads of a process, the first that reaches one crashes.
 */
export class CrashPoints {
  readonly #thread: number;
  readonly #terminate: () => void;
  #armed: ArmedCrashes | undefined;

  /** @param terminate Asks the main thread to terminate this one. */
  constructor(thread: number, terminate: () => void) {
    this.#thread = thread;
    this.#terminate = terminate;
  }

  arm(armed: ArmedCrashes): void {
    this.#armed = armed;
  }

  /** Counts a step that the delivery has reached. Does not return if the thread is to crash there. */
  reach(step: Exclude<Step, 'sent'>, id: string): void {
    const crash = this.#dueAt(step, id);
    if (crash !== undefined) this.#end(crash);
  }

  /** Counts a request that is about to leave. Returns true if the parent is to kill the thread before the answer. */
  isLastRequest(id: string): boolean {
    return this.#dueAt('sent', id) !== undefined;
  }

  #dueAt(step: Step, id: string): Crash | undefined {
    if (this.#armed === undefined) return undefined;
    const { crashes, left } = this.#armed;
    const index = crashes.findIndex((one) => one.step === step);
    if (index === -1 || !isLast(left, index) || !isLast(left, crashes.length)) return undefined;
    notify<Notice>({ event: 'crashing', thread: this.#thread, step, id });
    return crashes[index];
  }

  #end({ target }: Crash): never {
    if (target === 'process') process.kill(process.pid, 'SIGKILL');
    this.#terminate();
    // Blocks the thread, so that it does nothing more until it is terminated.
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
}

/** Counts one down, and returns true if it was the last. */
function isLast(left: Int32Array, index: number): boolean {
  return Atomics.sub(left, index, 1) === 1;
}
