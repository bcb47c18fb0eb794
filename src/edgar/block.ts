import type { Clock } from '../store/clock.ts';
import { EdgarBlockedError, type BlockKind } from './errors.ts';

/** Time without requests, in milliseconds. EDGAR lifts a rate block after 10 minutes of silence. */
const BLOCK_MS = {
  rate: 10 * 60_000,
  // Lasts until somebody changes the User-Agent and starts again; asking more often than this helps nobody.
  undeclared: 60 * 60_000,
} as const satisfies Record<BlockKind, number>;

const MARKERS = {
  undeclared: 'Undeclared Automated Tool',
  rate: 'Request Rate Threshold Exceeded',
} as const satisfies Record<BlockKind, string>;

/** Tells which block page this is; null for any other answer. A 403 with `<Code>AccessDenied` is a missing file. */
export function recognizeBlock(status: number, page: string): BlockKind | null {
  if (status === 429) return 'rate';
  if (status !== 403) return null;
  if (page.includes(MARKERS.undeclared)) return 'undeclared';
  return page.includes(MARKERS.rate) ? 'rate' : null;
}

/** Remembers that EDGAR refuses this client, so that nobody makes it worse by asking on. */
export class Block {
  readonly #clock: Clock;
  #kind: BlockKind = 'rate';
  #until = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Time at which requests may go on; null if they may now. */
  get until(): Date | null {
    return this.#clock.now() < this.#until ? new Date(this.#until) : null;
  }

  /** Starts a block, and returns the error that reports it. */
  start(kind: BlockKind): EdgarBlockedError {
    this.#kind = kind;
    this.#until = this.#clock.now() + BLOCK_MS[kind];
    return this.#error();
  }

  /** @throws {EdgarBlockedError} with the time left, while EDGAR refuses this client. */
  check(): void {
    if (this.until !== null) throw this.#error();
  }

  #error(): EdgarBlockedError {
    return new EdgarBlockedError(this.#kind, new Date(this.#until), this.#until - this.#clock.now());
  }
}
