import type { Clock } from '../../src/store/index.ts';
import { NoteFeed, type Note, type Summary } from './notes.ts';

/** The behaviour of the model behind a feed: the time that it takes in milliseconds, or the error that it gives. */
export type ModelBehaviour = number | 'hang' | Error;

/** A feed whose model takes as long, on the test's clock, as the test says. */
export class SlowFeed extends NoteFeed {
  /** By default each enrichment takes no time. */
  model: (note: Note) => ModelBehaviour = () => 0;
  /** A model that goes on although nobody wants its answer any more. */
  ignoresSignal = false;
  /** Set once the harness exists. */
  clock: Clock | undefined;
  /** Enrichments that are under way. */
  pending = 0;
  /** The signals that it was given, one for each enrichment. */
  readonly signals: AbortSignal[] = [];

  override async summarize(note: Note, signal: AbortSignal): Promise<Summary> {
    this.signals.push(signal);
    const behaviour = this.model(note);
    if (behaviour instanceof Error) throw behaviour;
    const heard = this.ignoresSignal ? undefined : signal;
    // Longer than any test.
    const ms = behaviour === 'hang' ? 10_000 * 3_600_000 : behaviour;
    this.pending += 1;
    try {
      if (ms > 0) await this.clock?.sleep(ms, heard);
      return await super.summarize(note, signal);
    } finally {
      this.pending -= 1;
    }
  }
}
