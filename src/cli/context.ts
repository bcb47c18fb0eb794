import type { Clock } from '../store/clock.ts';
import type { SeenLogger } from '../store/logger.ts';

/** The world of a subcommand. */
export interface CommandContext {
  readonly clock: Clock;
  /** For what happens on the way and should be known. */
  readonly logger: SeenLogger;
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
