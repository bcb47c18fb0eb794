import { monotonicNow } from '../../store/clock.ts';
import type { CommandContext } from '../context.ts';

/** Time between two lines, in milliseconds: on a terminal, where the line only changes, and elsewhere. */
const INTERVAL_MS = { terminal: 100, log: 5_000 };

/** Shows how work is going that takes a while: one line that changes on a terminal, and now and then a line elsewhere. */
export class ProgressLine {
  readonly #context: Pick<CommandContext, 'clock' | 'screen'>;
  #nextAt: number;
  #isShown = false;

  /** @param patienceMs Work that ends sooner shows nothing, in milliseconds. */
  constructor(context: Pick<CommandContext, 'clock' | 'screen'>, patienceMs: number) {
    this.#context = context;
    this.#nextAt = monotonicNow(context.clock) + patienceMs;
  }

  /** Shows the text, unless it is too early. */
  show(text: string): void {
    const { clock, screen } = this.#context;
    const now = monotonicNow(clock);
    if (now < this.#nextAt) return;
    const isTerminal = screen.isTTY === true;
    this.#nextAt = now + (isTerminal ? INTERVAL_MS.terminal : INTERVAL_MS.log);
    this.#isShown = true;
    screen.write(isTerminal ? `\r\u001B[K${this.#clipped(text)}` : `${text}\n`);
  }

  /** Clears the line of a terminal, for what comes next. */
  clear(): void {
    const { screen } = this.#context;
    if (this.#isShown && screen.isTTY === true) screen.write('\r\u001B[K');
    this.#isShown = false;
  }

  /** A line that wraps could not be replaced. */
  #clipped(text: string): string {
    const { columns = 80 } = this.#context.screen;
    return text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`;
  }
}
