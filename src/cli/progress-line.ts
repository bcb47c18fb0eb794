import { monotonicNow } from '../store/clock.ts';
import type { CommandContext } from './context.ts';

/** Work that ends sooner shows no progress, in milliseconds. */
const PATIENCE_MS = 1_000;

/** Time between two lines, in milliseconds: on a terminal, where the line only changes, and elsewhere. */
const INTERVAL_MS = { terminal: 100, log: 1_000 };

/** Progress for people: one line that changes on a terminal, and lines one below the other elsewhere. */
export class ProgressLine {
  readonly #context: CommandContext;
  #nextAt: number;
  #isShown = false;

  constructor(context: CommandContext) {
    this.#context = context;
    this.#nextAt = monotonicNow(context.clock) + PATIENCE_MS;
  }

  /** Shows the text, unless it is too early. */
  show(text: string): void {
    const { clock, screen } = this.#context;
    const now = monotonicNow(clock);
    if (now < this.#nextAt) return;
    const isTerminal = screen.isTTY === true;
    this.#nextAt = now + (isTerminal ? INTERVAL_MS.terminal : INTERVAL_MS.log);
    this.#isShown = true;
    screen.write(isTerminal ? `\r\u001B[K${text}` : `${text}\n`);
  }

  /** Clears the line of a terminal, for what comes next. */
  clear(): void {
    const { screen } = this.#context;
    if (this.#isShown && screen.isTTY === true) screen.write('\r\u001B[K');
  }
}
