import { Random } from '../../local/random.ts';
import type { History } from '../history.ts';
import { pause } from './pause.ts';
import type { PollRecord } from './poll-record.ts';
import type { ProcessSlot } from './process-slot.ts';

/** Longer than a leader's lease, in real milliseconds. */
const SHORTEST_MS = 5_200;

/** Stops processes that poll the source, for longer than their leases, so that others poll when they go on. */
export class PauseNemesis {
  readonly #slots: readonly ProcessSlot[];
  readonly #polls: PollRecord;
  readonly #random: Random;
  readonly #history: History;
  count = 0;

  constructor(slots: readonly ProcessSlot[], polls: PollRecord, seed: number, history: History) {
    this.#slots = slots;
    this.#polls = polls;
    this.#random = new Random(seed ^ 0x5709);
    this.#history = history;
  }

  /** Resolves soon after the signal aborts. Every process goes on then. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(this.#random.between(500, 3_000), signal);
      const leader = this.#slots.find((slot) => slot.hosts(this.#polls.leader ?? ''));
      if (signal.aborted || leader === undefined) continue;
      await this.#pause(leader, signal);
    }
  }

  async #pause(slot: ProcessSlot, signal: AbortSignal): Promise<void> {
    this.count += 1;
    slot.signal('SIGSTOP');
    this.#history.write({ event: 'stopped', slot: slot.number });
    await pause(this.#random.between(SHORTEST_MS, SHORTEST_MS + 1_000), signal);
    this.#history.write({ event: 'goes on', slot: slot.number });
    slot.signal('SIGCONT');
  }
}
