/** A signal that aborts when another does, or once a time is over, with an error that says so. */
export class Deadline implements Disposable {
  readonly signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;

  /** @param expired The message of the error after that time. */
  constructor(ms: number, expired: string, other: AbortSignal) {
    const timeUp = new AbortController();
    this.#timer = setTimeout(() => timeUp.abort(new Error(expired)), ms);
    this.signal = AbortSignal.any([other, timeUp.signal]);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/** Returns why the signal has aborted, in a sentence. */
export function reasonOf({ reason }: AbortSignal): string {
  return reason instanceof Error ? reason.message : String(reason);
}
