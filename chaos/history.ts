import { closeSync, openSync, writeSync } from 'node:fs';

/** The history of a run: a line of JSON for each event, to find the cause of a duplicate or a loss. */
export class History implements Disposable {
  readonly #file: number | undefined;
  readonly #startedAt = performance.now();

  /** @param path The file to write. If it is left out, nothing is written. */
  constructor(path?: string) {
    this.#file = path === undefined ? undefined : openSync(path, 'w');
  }

  write(fields: object): void {
    if (this.#file === undefined) return;
    const atMs = Math.round(performance.now() - this.#startedAt);
    writeSync(this.#file, `${JSON.stringify({ atMs, ...fields })}\n`);
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}
