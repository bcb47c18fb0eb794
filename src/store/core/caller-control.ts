import { types } from 'node:util';

import { SeenInputError } from '../errors.ts';
import { kindOf, requireObject, type Given } from './arguments.ts';

interface Control<Progress> {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Cancellation and progress of a long operation, as its caller gave them.
 *
 * Progress is reported by messages of a thread, where an error that is thrown would end the process. So an error of the
 * caller's callback is kept, and ends the operation as the caller's signal does. So does a promise that it returns, if
 * it rejects before the operation has ended.
 */
export class CallerControl<Progress> {
  readonly signal: AbortSignal;
  readonly #failed = new AbortController();
  readonly #report: (progress: Progress) => unknown;

  /**
   * @param endings Further signals that end the operation.
   * @throws {SeenInputError} for a signal that is none, or a callback that cannot be called.
   */
  constructor(options: Control<Progress>, endings: readonly AbortSignal[] = []) {
    const { signal, onProgress }: Given<Control<Progress>> = requireObject('options', options);
    const given = requireSignal(signal);
    this.#report = requireCallback(onProgress);
    this.signal = AbortSignal.any([this.#failed.signal, ...endings, ...(given === undefined ? [] : [given])]);
  }

  readonly onProgress = (progress: Progress): void => {
    try {
      const pending = this.#report(progress);
      if (types.isPromise(pending)) pending.catch((error: unknown) => this.#failed.abort(error));
    } catch (error) {
      this.#failed.abort(error);
    }
  };

  /** @throws The error of the callback. */
  throwIfFailed(): void {
    this.#failed.signal.throwIfAborted();
  }
}

function requireSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw new SeenInputError(`signal must be an AbortSignal, but is ${kindOf(signal)}.`);
}

function requireCallback(onProgress: unknown): (progress: unknown) => unknown {
  if (onProgress === undefined) return () => undefined;
  if (typeof onProgress === 'function') return (progress) => Reflect.apply(onProgress, undefined, [progress]);
  throw new SeenInputError(`onProgress must be a function, but is ${kindOf(onProgress)}.`);
}
