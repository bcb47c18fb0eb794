import { setTimeout as delay } from 'node:timers/promises';

import type { History } from '../history.ts';
import type { ClockRecord } from './clock-record.ts';
import type { KillsReached } from './nemesis.ts';
import type { ClockStep } from './plan-disturbances.ts';
import type { ProcessSlot } from './process-slot.ts';

/**
 * Sets the clocks of the processes wrong as planned, and right again. One that is started meanwhile is wrong as well.
 */
export class ClockNemesis {
  readonly #slots: readonly ProcessSlot[];
  readonly #plan: readonly ClockStep[];
  readonly #record: ClockRecord;
  readonly #history: History;
  /** Steps of one process, and of all at once. */
  readonly counts = { one: 0, all: 0 };

  constructor(slots: readonly ProcessSlot[], plan: readonly ClockStep[], record: ClockRecord, history: History) {
    this.#slots = slots;
    this.#plan = plan;
    this.#record = record;
    this.#history = history;
  }

  /**
   * Resolves once every planned step is done, or soon after the signal aborts. All clocks are right then.
   *
   * @param reached Waits until a number of kills is done.
   */
  async run(reached: KillsReached, signal: AbortSignal): Promise<void> {
    for (const { process, byMs, pause } of this.#plan) {
      await reached(pause.afterKills, signal);
      if (signal.aborted) return;
      const affected = this.#slots.filter(({ number }) => process === undefined || number === process);
      this.#set(affected, byMs);
      this.counts[process === undefined ? 'all' : 'one'] += 1;
      await delay(pause.lengthMs, undefined, { ref: false });
      this.#set(affected, 0);
    }
  }

  #set(slots: readonly ProcessSlot[], errorMs: number): void {
    for (const slot of slots) {
      this.#record.set(slot.number, errorMs);
      slot.setClock(errorMs);
    }
    this.#history.write({ event: 'clock', slots: slots.map(({ number }) => number), errorMs });
  }
}
