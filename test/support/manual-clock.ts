import { setImmediate as macrotask } from 'node:timers/promises';
import type { Clock } from '../../src/store/clock.ts';

interface Sleeper {
  readonly wakeAt: number;
  readonly ms: number;
  readonly wake: () => void;
}

interface Watcher {
  readonly matches: (sleeper: Sleeper) => boolean;
  readonly notify: () => void;
}

/**
 * A clock that stands still until a test moves it, which wakes its sleepers.
 *
 * It tells whole milliseconds, as every real clock does, although a busy store pauses for fractions of one.
 */
export class ManualClock implements Clock {
  #now: number;
  /** By how much the machine's clock is wrong. */
  #error = 0;
  readonly #sleepers = new Set<Sleeper>();
  readonly #watchers = new Set<Watcher>();

  constructor(now = Date.UTC(2026, 0, 5, 14)) {
    this.#now = now;
  }

  now(): number {
    return Math.floor(this.#now + this.#error);
  }

  /** The time that passes, whatever the machine's clock is set to. It begins with the true time. */
  monotonic(): number {
    return Math.floor(this.#now);
  }

  /** Sets the machine's clock forward, or back. No time passes. */
  step(ms: number): void {
    this.#error += ms;
  }

  /** The lengths of the sleeps that are under way, in milliseconds. */
  get sleeping(): readonly number[] {
    return [...this.#sleepers].map(({ ms }) => ms);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortError(signal));
      const finish = (): void => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        finish();
        reject(abortError(signal));
      };
      const wake = (): void => {
        finish();
        resolve();
      };
      const sleeper = { ms, wakeAt: this.#now + ms, wake };
      signal?.addEventListener('abort', onAbort);
      this.#sleepers.add(sleeper);
      this.#announce(sleeper);
    });
  }

  /** Moves the time on, waking every sleeper at its own moment, so that what it does next sees the right `now()`. */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms;
    await macrotask();
    for (let next = this.#next(); next && next.wakeAt <= target; next = this.#next()) {
      this.#now = Math.max(this.#now, next.wakeAt);
      next.wake();
      await macrotask();
    }
    this.#now = target;
    await macrotask();
  }

  /** Moves the time on as a suspended process sees it: all who should have woken meanwhile wake late, one by one. */
  async suspend(ms: number): Promise<void> {
    this.#now += ms;
    await this.advance(0);
  }

  /** Resolves once somebody sleeps; with `ms`, once somebody sleeps for exactly that long. */
  whenSleeping(ms?: number): Promise<void> {
    const matches = (sleeper: Sleeper): boolean => ms === undefined || sleeper.ms === ms;
    if ([...this.#sleepers].some(matches)) return Promise.resolve();
    return this.#nextSleeper(matches).arrived;
  }

  /** Awaits `work`, skipping every sleep of at most `upTo` milliseconds on the way; longer ones stay asleep. */
  async drive<Result>(work: Promise<Result>, { upTo }: { readonly upTo: number }): Promise<Result> {
    const state = { over: false };
    const ended = work.then(
      () => void (state.over = true),
      () => void (state.over = true),
    );
    while (!state.over) {
      const short = [...this.#sleepers].filter(({ ms }) => ms <= upTo).toSorted((a, b) => a.wakeAt - b.wakeAt)[0];
      if (short) await this.advance(Math.max(0, short.wakeAt - this.#now));
      else await this.#endOrSleeper(ended, upTo);
    }
    return work;
  }

  async #endOrSleeper(ended: Promise<unknown>, upTo: number): Promise<void> {
    const { arrived, cancel } = this.#nextSleeper(({ ms }) => ms <= upTo);
    await Promise.race([ended, arrived]);
    cancel();
  }

  #nextSleeper(matches: Watcher['matches']): { readonly arrived: Promise<void>; readonly cancel: () => void } {
    const { promise: arrived, resolve: notify } = Promise.withResolvers<void>();
    const watcher = { matches, notify };
    this.#watchers.add(watcher);
    return { arrived, cancel: () => void this.#watchers.delete(watcher) };
  }

  #announce(sleeper: Sleeper): void {
    for (const watcher of [...this.#watchers].filter(({ matches }) => matches(sleeper))) {
      this.#watchers.delete(watcher);
      watcher.notify();
    }
  }

  #next(): Sleeper | undefined {
    return [...this.#sleepers].toSorted((a, b) => a.wakeAt - b.wakeAt)[0];
  }
}

/** The same error that `node:timers/promises` rejects with. */
function abortError(signal: AbortSignal | undefined): Error {
  return Object.assign(new Error('The operation was aborted', { cause: signal?.reason }), {
    name: 'AbortError',
    code: 'ABORT_ERR',
  });
}
