import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Clock } from '../../src/store/index.ts';

/** Sleeps longer than this are limits of time. They run out by `expire` alone: no lease is lost by itself. */
const LONGEST_PAUSE_MS = 5000;

/** A limit of time that has begun. */
interface Limit {
  readonly ms: number;
  readonly expire: () => void;
}

/** A clock that skips every pause, and on which time passes only when somebody says so. */
export class SimulatedClock implements Clock {
  #now: number;
  readonly #limits = new Set<Limit>();

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }

  /** Lets the limits of this length run out. */
  expire(ms: number): void {
    this.advance(ms);
    for (const limit of this.#limits) if (limit.ms === ms) limit.expire();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms > LONGEST_PAUSE_MS) return this.#limit(ms, signal);
    await nextTurn();
    signal?.throwIfAborted();
    this.advance(ms);
  }

  async #limit(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const limit = { ms, expire: resolve };
    const abort = (): void => reject(signal?.reason as Error);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
    this.#limits.add(limit);
    try {
      await promise;
    } finally {
      this.#limits.delete(limit);
      signal?.removeEventListener('abort', abort);
    }
  }
}
