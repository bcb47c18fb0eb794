import { monotonicNow } from '../../store/clock.ts';
import type { CommandContext } from '../context.ts';
import { durationText } from '../views/duration-text.ts';
import { ProgressLine } from './progress-line.ts';

/** Work that ends sooner shows no progress, in milliseconds. */
const PATIENCE_MS = 1_000;

/** The width of a bar, in characters. */
const CELLS = 20;

/** A step of work of which it is known how much there is. */
export interface Step {
  readonly done: number;
  /** May be an estimate, and change. */
  readonly total: number;
  /** The step in words. */
  readonly text: string;
}

/**
 * Does work whose progress is shown, with a bar and the time that is left, and clears the line at its end, whatever that
 * is.
 *
 * @param describe Makes a step of what the work tells.
 */
export async function withProgress<Progress, Result>(
  context: Pick<CommandContext, 'clock' | 'screen'>,
  describe: (progress: Progress) => Step,
  work: (onProgress: (progress: Progress) => void) => Promise<Result>,
): Promise<Result> {
  const line = new ProgressLine(context, PATIENCE_MS);
  const pace = new Pace(context);
  try {
    return await work((progress) => {
      const step = describe(progress);
      line.show(`${barOf(step)} ${step.text}${pace.timeLeft(step)}`);
    });
  } finally {
    line.clear();
  }
}

/** The speed of work, since its first step: what was there before took no time. */
class Pace {
  readonly #context: Pick<CommandContext, 'clock'>;
  #first: { readonly at: number; readonly done: number } | undefined;

  constructor(context: Pick<CommandContext, 'clock'>) {
    this.#context = context;
  }

  timeLeft({ done, total }: Step): string {
    const at = monotonicNow(this.#context.clock);
    this.#first ??= { at, done };
    const [tookMs, steps] = [at - this.#first.at, done - this.#first.done];
    if (steps <= 0 || done >= total) return '';
    return `, ${durationText((tookMs / steps) * (total - done))} left`;
  }
}

/** It is full only at the end. */
function barOf({ done, total }: Step): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.floor(share * CELLS);
  return `${'█'.repeat(full)}${'░'.repeat(CELLS - full)} ${String(Math.floor(share * 100)).padStart(3)} %`;
}
