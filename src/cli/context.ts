import type { Clock } from '../store/clock.ts';
import type { SeenLogger } from '../store/logger.ts';

/** The world of a subcommand. */
export interface CommandContext {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For what happens on the way and should be known. */
  readonly logger: SeenLogger;
  /** Aborts when somebody stops the program. Its reason says so in a sentence. */
  readonly signal: AbortSignal;
  /** Writes a line of the result. */
  readonly print: (line: string) => void;
  /** Writes a line for people: what was wrong. */
  readonly complain: (line: string) => void;
  /** The place where progress is shown. */
  readonly screen: Screen;
}

/** A stream that may be a terminal. */
interface Screen {
  readonly isTTY?: boolean;
  /** The width of the terminal, in characters. */
  readonly columns?: number;
  write(text: string): unknown;
}
