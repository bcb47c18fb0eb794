import { monotonicNow } from '../../clock.ts';
import type { PostgresOptions } from '../../options.ts';
import { codeOf } from '../../errors.ts';
import { explain } from './explain.ts';
import type { UnreachableError } from './failures.ts';

/** Time between two attempts during an established outage, in milliseconds: the first pause, and the longest. */
const PROBE_MS = { first: 250, longest: 5_000 };

/**
 * The time in which no server can be reached: the log is told once at its beginning and once at its end.
 *
 * It is established once an operation has waited for its end in vain. From then on the others do not wait as well: one
 * at a time tries, after a pause, and the rest fail at once.
 */
export class Outage {
  readonly #location: string;
  readonly #options: Pick<PostgresOptions, 'clock' | 'logger'>;
  #began: number | undefined;
  #error: UnreachableError | undefined;
  #isEstablished = false;
  #isTold = false;
  #probes = 0;
  #nextProbeAt = 0;

  constructor(location: string, options: Pick<PostgresOptions, 'clock' | 'logger'>) {
    this.#location = location;
    this.#options = options;
  }

  /** True when the last attempt to get a connection has failed. */
  get hasBegun(): boolean {
    return this.#began !== undefined;
  }

  get isEstablished(): boolean {
    return this.#isEstablished;
  }

  /** An operation gives up waiting. */
  establish(): void {
    this.#isEstablished = this.#began !== undefined;
    this.#tell();
  }

  /** @throws {UnreachableError} while it is too early for another attempt. */
  requireAttempt(): void {
    if (this.#isEstablished && this.#error !== undefined && this.#now() < this.#nextProbeAt) throw this.#error;
  }

  /**
   * There was no connection to be had. A single failure is no outage: a new connection may have been ended by chance.
   */
  noteFailure(error: UnreachableError): void {
    this.#error = error;
    this.#nextProbeAt = this.#now() + pauseAfter(this.#probes);
    if (this.#isEstablished) this.#probes += 1;
    if (this.#began === undefined) this.#began = this.#now();
    else this.#tell();
  }

  /** A server that writes has been reached. */
  noteSuccess(): void {
    if (this.#began === undefined) return;
    const durationMs = Math.round(this.#now() - this.#began);
    if (this.#isTold)
      this.#options.logger.info('seen_store_reachable', { location: this.#location, duration_ms: durationMs });
    this.#began = undefined;
    this.#error = undefined;
    this.#isEstablished = false;
    this.#isTold = false;
    this.#probes = 0;
  }

  #tell(): void {
    if (this.#isTold || this.#error === undefined) return;
    this.#isTold = true;
    const { cause } = this.#error;
    const code = codeOf(cause);
    this.#options.logger.warn('seen_store_unreachable', {
      location: this.#location,
      reason: explain(cause),
      ...(code !== '' && { code }),
    });
  }

  #now(): number {
    return monotonicNow(this.#options.clock);
  }
}

/** Half of the pause is left to chance: programs that met the same outage do not come back together. */
function pauseAfter(probes: number): number {
  return Math.min(PROBE_MS.longest, PROBE_MS.first * 2 ** probes) * (0.5 + Math.random() / 2);
}
