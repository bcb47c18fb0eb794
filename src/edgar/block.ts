import { monotonicNow, type Clock } from '../store/clock.ts';
import type { BlockPage } from './block-page.ts';
import { EdgarBlockedError, type BlockKind } from './errors.ts';

/** Time without requests, in milliseconds. EDGAR lifts a rate block after 10 minutes of silence. */
const BLOCK_MS = {
  rate: 10 * 60_000,
  // Lasts until somebody changes the User-Agent and starts again; asking more often than this helps nobody.
  undeclared: 60 * 60_000,
} as const satisfies Record<BlockKind, number>;

/** Bounds on the time that the header `Retry-After` asks for: no hurry, and no bot that is silent for days. */
const SHORTEST_MS = 60_000;
const LONGEST_MS = 60 * 60_000;

/** Remembers that EDGAR refuses this client, so that nobody makes it worse by asking on. */
export class Block {
  readonly #clock: Clock;
  #page: BlockPage = { kind: 'rate', answer: '' };
  /** On the monotonic clock: a clock that is set back must not make the block longer. */
  #until = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Time at which requests may go on; null if they may now. */
  get until(): Date | null {
    const restMs = this.#restMs();
    return restMs > 0 ? this.#dateIn(restMs) : null;
  }

  /**
   * Starts a block, and returns the error that reports it. A block under way is never cut short.
   *
   * @param retryAfterMs Time that the answer asks for, in milliseconds. Default: as long as such a block lasts.
   */
  start(page: BlockPage, retryAfterMs?: number): EdgarBlockedError {
    this.#page = page;
    this.#until = Math.max(this.#until, monotonicNow(this.#clock) + lengthOf(page.kind, retryAfterMs));
    return this.#error(this.#restMs());
  }

  /** @throws {EdgarBlockedError} with the time left, while EDGAR refuses this client. */
  check(): void {
    const restMs = this.#restMs();
    if (restMs > 0) throw this.#error(restMs);
  }

  #restMs(): number {
    return this.#until - monotonicNow(this.#clock);
  }

  #dateIn(ms: number): Date {
    return new Date(this.#clock.now() + Math.ceil(ms));
  }

  #error(restMs: number): EdgarBlockedError {
    const { kind, answer } = this.#page;
    return new EdgarBlockedError(kind, this.#dateIn(restMs), restMs, answer);
  }
}

function lengthOf(kind: BlockKind, retryAfterMs: number | undefined): number {
  if (kind === 'undeclared' || retryAfterMs === undefined) return BLOCK_MS[kind];
  return Math.min(Math.max(retryAfterMs, SHORTEST_MS), LONGEST_MS);
}
