import type { Clock } from '../store/clock.ts';

/** The world of a subcommand. */
export interface CommandContext {
  readonly clock: Clock;
  /** Aborts when somebody stops the program. Its reason says so in a sentence. */
  readonly signal: AbortSignal;
  /** Where progress is shown. Results go to the standard output. */
  readonly screen: Screen;
}

/** A stream that may be a terminal. */
interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}
