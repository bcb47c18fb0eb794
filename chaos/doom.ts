import { notify } from './notify.ts';
import type { Doom, Step } from './protocol.ts';

/** Ends the thread, or its whole process, when its hour has come. Until then it counts. */
export class DoomClock {
  readonly #thread: number;
  readonly #terminate: () => void;
  #doom: Doom | undefined;
  #left = 0;

  /** @param terminate Asks the main thread to terminate this one. */
  constructor(thread: number, terminate: () => void) {
    this.#thread = thread;
    this.#terminate = terminate;
  }

  arm(doom: Doom): void {
    this.#doom = doom;
    this.#left = doom.occurrence;
  }

  /** Returns only for those who live. */
  reach(step: Exclude<Step, 'sent'>, id: string): void {
    if (this.#isDue(step, id)) this.#die();
  }

  /** Whether the request that now leaves is to be the last: the parent kills once it has arrived. */
  isLastRequest(id: string): boolean {
    return this.#isDue('sent', id);
  }

  #isDue(step: Step, id: string): boolean {
    if (this.#doom?.step !== step) return false;
    this.#left -= 1;
    if (this.#left !== 0) return false;
    notify({ event: 'dying', thread: this.#thread, step, id });
    return true;
  }

  /** The thread stands still, so that nothing more happens in it before the end comes. */
  #die(): never {
    if (this.#doom?.victim === 'process') process.kill(process.pid, 'SIGKILL');
    this.#terminate();
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
}
