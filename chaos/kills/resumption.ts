import type { Target } from './plan.ts';
import { quantile } from './quantile.ts';

/** The time within which half of the work, and 99 parts of 100, went on. Null if none was measured. */
export interface ResumedMs {
  readonly p50: number | null;
  readonly p99: number | null;
}

export interface ResumptionReport {
  /** The times after the kill of a process with all its threads. */
  readonly process: ResumedMs;
  /** The times after the kill of a thread of a process that lived on. */
  readonly thread: ResumedMs;
  /** Number of killed clients of whose items none had gone on by the end of the run. They are in no time. */
  readonly open: number;
  /** Number of clients with items that were killed with all others at once, which is not measured. */
  readonly leftOut: number;
}

/** Items of a client that was killed, and the time of the kill. */
interface Left {
  readonly items: Set<string>;
  readonly owner: 'thread' | 'process';
  readonly at: number;
}

/**
 * Measures how soon another client goes on with an item of one that was killed, in real milliseconds. While no client
 * lives, nobody can: that time does not count.
 */
export class Resumption {
  readonly #now: () => number;
  /** The client that has each item, as far as the run was told. */
  readonly #clientOf = new Map<string, string>();
  readonly #alive = new Set<string>();
  /** The time for which clients had lived when it was last read, and the time of that reading. */
  #livedMs = 0;
  #readAt = 0;
  #left: Left[] = [];
  #leftOut = 0;
  readonly #times: Readonly<Record<Left['owner'], number[]>> = { thread: [], process: [] };

  /** @param now Returns a time in real milliseconds that nobody sets. */
  constructor(now: () => number) {
    this.#now = now;
  }

  clientStarted(client: string): void {
    this.#readLived();
    this.#alive.add(client);
  }

  claimed(item: string, client: string): void {
    this.#clientOf.set(item, client);
    const now = this.#readLived();
    const resumed = this.#left.filter(({ items }) => items.has(item));
    for (const { at, owner } of resumed) this.#times[owner].push(now - at);
    this.#left = this.#left.filter((left) => !resumed.includes(left));
  }

  /** Records that a client is done with an item, whatever came of it. */
  left(item: string, client: string): void {
    if (this.#clientOf.get(item) === client) this.#clientOf.delete(item);
  }

  /** Records the end of a client, alone, with its process or with all of them. */
  clientEnded(client: string, target: Target): void {
    const at = this.#readLived();
    this.#alive.delete(client);
    const items = new Set([...this.#clientOf].filter(([, one]) => one === client).map(([item]) => item));
    for (const item of items) this.#clientOf.delete(item);
    if (items.size === 0) return;
    if (target === 'everything') this.#leftOut += 1;
    else this.#left.push({ items, owner: target, at });
  }

  report(): ResumptionReport {
    const { process, thread } = this.#times;
    return { process: times(process), thread: times(thread), open: this.#left.length, leftOut: this.#leftOut };
  }

  /** Returns the time for which clients have lived until now. */
  #readLived(): number {
    const now = this.#now();
    if (this.#alive.size > 0) this.#livedMs += now - this.#readAt;
    this.#readAt = now;
    return this.#livedMs;
  }
}

function times(measured: readonly number[]): ResumedMs {
  return { p50: quantile(measured, 0.5), p99: quantile(measured, 0.99) };
}
