/** A time during which clocks disagreed. */
interface Disagreement {
  readonly from: number;
  to: number;
}

/** Records when the clocks of the processes were wrong. Times are those of a clock that nobody sets. */
export class ClockRecord {
  readonly #now: () => number;
  readonly #errors: number[];
  readonly #setAt: number[] = [];
  readonly #disagreements: Disagreement[] = [];

  /** @param now Returns the time. */
  constructor(processes: number, now: () => number) {
    this.#now = now;
    this.#errors = Array.from({ length: processes }, () => 0);
  }

  /** Records that the clock of a process has this error from now on, in milliseconds. */
  set(process: number, errorMs: number): void {
    const at = this.#now();
    this.#errors[process] = errorMs;
    this.#setAt.push(at);
    const last = this.#disagreements.at(-1);
    const agree = new Set(this.#errors).size === 1;
    if (last?.to === Infinity) last.to = agree ? at : Infinity;
    else if (!agree) this.#disagreements.push({ from: at, to: Infinity });
  }

  /** Returns true if a clock was set between the two times, or the clocks of two processes disagreed. */
  wasDisturbed(from: number, to: number): boolean {
    const wasSet = this.#setAt.some((at) => at >= from && at <= to);
    return wasSet || this.#disagreements.some((period) => period.from <= to && period.to >= from);
  }
}
