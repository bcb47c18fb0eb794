interface Watcher {
  readonly look: () => void;
}

/** Announces every change of the server, so that a test can wait for a condition without polling. */
export class Changes {
  readonly #watchers = new Set<Watcher>();

  announce(): void {
    // A watcher may be removed meanwhile, which a Set's iteration allows.
    for (const { look } of this.#watchers) look();
  }

  /**
   * Resolves with the first result of `check` that is not undefined.
   *
   * @throws `failure()` once `timeoutMs` milliseconds have passed.
   */
  until<Result>(timeoutMs: number, failure: () => Error, check: () => Result | undefined): Promise<Result> {
    const first = check();
    if (first !== undefined) return Promise.resolve(first);
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(watcher);
      };
      const timer = setTimeout(() => {
        stop();
        reject(failure());
      }, timeoutMs);
      const watcher = { look: () => settle(check, resolve, reject, stop) };
      this.#watchers.add(watcher);
    });
  }
}

function settle<Result>(
  check: () => Result | undefined,
  resolve: (result: Result) => void,
  reject: (error: unknown) => void,
  stop: () => void,
): void {
  try {
    const result = check();
    if (result === undefined) return;
    stop();
    resolve(result);
  } catch (error) {
    stop();
    reject(error);
  }
}
