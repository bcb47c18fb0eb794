import { setTimeout as delay } from 'node:timers/promises';

import { FaultActions, type ActionsSetup } from './fault-actions.ts';
import type { Fault, FaultKind } from './plan.ts';

export interface NemesisSetup extends ActionsSetup {
  /** Called with the description of an event that no plan explains. */
  readonly onProblem: (text: string) => void;
  /** Returns true when no further fault is wanted. */
  readonly shouldStop: () => boolean;
}

/**
 * Carries out the planned faults, under two rules. Without them nobody could keep the promises, because a deleted file
 * lives on only in the processes that have it open.
 *
 * After each fault but a stop, the next one waits until every process has acknowledged a mark that it was asked for
 * after that fault: the database is whole again then. And a process is killed only while the database is whole, or
 * while others that have it open go on; it is started again only once the database is whole.
 *
 * Stops obey no rule: they overlap with each other and with every other fault.
 */
export class Nemesis {
  readonly actions: FaultActions;
  readonly #setup: NemesisSetup;
  readonly #counts = new Map<FaultKind, number>();
  #lastFaultAt = -Infinity;

  constructor(setup: NemesisSetup) {
    this.#setup = setup;
    this.actions = new FaultActions(setup);
  }

  /** The number of faults so far, by kind. */
  get counts(): Readonly<Partial<Record<FaultKind, number>>> {
    return Object.fromEntries(this.#counts);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Resolves once every fault is carried out and healed, or soon after no further one is wanted. */
  async run(plan: readonly Fault[]): Promise<void> {
    const { onProblem, shouldStop } = this.#setup;
    let current: Fault | undefined;
    try {
      for (current of plan) {
        await delay(current.afterMs);
        if (current.kind !== 'stop') await this.#untilWhole();
        if (shouldStop()) return;
        await this.#carryOut(current);
      }
      await this.actions.untilAllProceed();
      await this.#untilWhole();
    } catch (error) {
      onProblem(`At ${current?.kind ?? 'the start'}: ${String(error)}.`);
    }
  }

  async #carryOut(fault: Fault): Promise<void> {
    const { history, now } = this.#setup;
    history.write({ event: 'fault', at: now(), fault });
    await this.actions.carryOut(fault);
    history.write({ event: 'fault-done', at: now(), kind: fault.kind });
    if (fault.kind !== 'stop') this.#lastFaultAt = now();
    this.#counts.set(fault.kind, (this.#counts.get(fault.kind) ?? 0) + 1);
  }

  async #untilWhole(): Promise<void> {
    const { recovery, slots } = this.#setup;
    await recovery.of(slots, this.#lastFaultAt);
  }
}
