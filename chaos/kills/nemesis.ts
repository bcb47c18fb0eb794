import { setTimeout as delay } from 'node:timers/promises';

import type { Fault, IncomingRequest } from '../../local/discord/index.ts';
import { SPEED } from './fast-clock.ts';
import type { History } from '../history.ts';
import type { Kill, Target } from './plan.ts';
import type { ProcessSlot } from './process-slot.ts';
import { CRASH_HEADER, FROM_HEADER } from './protocol.ts';

/** Real time after which a process is killed even though it has not reached the planned step. */
const STEP_TIMEOUT_MS = 15_000;

/** Pause between two looks at the number of kills, in real milliseconds. */
const LOOK_MS = 20;

export type KillsReached = (kills: number, signal: AbortSignal) => Promise<void>;

export type KillCounts = Readonly<Record<Target | 'total', number>> & {
  /** Number of kills by moment; `overdue` counts those whose step was not reached in time. */
  readonly moments: Readonly<Partial<Record<Kill['moment'] | 'overdue', number>>>;
};

/** Carries out the planned kills, in each process one at a time. */
export class Nemesis {
  readonly #slots: readonly ProcessSlot[];
  readonly #history: History;
  readonly #planned: Kill[];
  readonly #done: { readonly kill: Kill; readonly isOverdue: boolean }[] = [];
  readonly #current = new Map<ProcessSlot, Kill>();
  /** Resolves at the end of the present outage of all processes. */
  #outage: Promise<void> = Promise.resolve();

  constructor(slots: readonly ProcessSlot[], plan: readonly Kill[], history: History) {
    this.#slots = slots;
    this.#history = history;
    this.#planned = [...plan];
  }

  /** Resolves once every planned kill is done and every process runs again, or soon after `shouldStop` returns true. */
  async run(shouldStop: () => boolean): Promise<void> {
    await Promise.all(this.#slots.map((slot) => this.#killRepeatedly(slot, shouldStop)));
  }

  /** Resolves once so many of the kills are done, or the signal aborts. */
  readonly reached: KillsReached = async (kills, signal) => {
    while (this.#done.length < kills && !signal.aborted) await delay(LOOK_MS, undefined, { ref: false });
  };

  /** Kills the sender of a request that `isLastRequest`, and returns the fate of that request. */
  onLastRequest(request: IncomingRequest): Fault | undefined {
    const slot = this.#slots.find((one) => one.hosts(String(request.headers[FROM_HEADER])));
    const kill = slot && this.#current.get(slot);
    if (slot === undefined || kill === undefined) return undefined;
    slot.killSender(kill);
    if (kill.requestLost) return { kind: 'disconnect', applied: false };
    // Terminating a thread takes a moment, in which an answer could still reach it.
    return kill.target === 'thread' ? { kind: 'timeout', applied: true } : undefined;
  }

  /** Returns true for a request whose sender is to be killed before the answer. */
  isLastRequest({ headers }: IncomingRequest): boolean {
    return headers[CRASH_HEADER] !== undefined;
  }

  get counts(): KillCounts {
    const moments: Partial<Record<Kill['moment'] | 'overdue', number>> = {};
    const targets = { thread: 0, process: 0, everything: 0 };
    for (const { kill, isOverdue } of this.#done) {
      const moment = isOverdue ? 'overdue' : kill.moment;
      moments[moment] = (moments[moment] ?? 0) + 1;
      targets[kill.target] += 1;
    }
    return { ...targets, total: this.#done.length, moments };
  }

  async #killRepeatedly(slot: ProcessSlot, shouldStop: () => boolean): Promise<void> {
    while (!shouldStop()) {
      await this.#outage;
      if (!(await slot.start())) continue;
      const kill = this.#planned.shift();
      if (kill === undefined) return;
      this.#current.set(slot, kill);
      const outcome = await slot.carryOut(kill, STEP_TIMEOUT_MS);
      this.#history.write({ event: 'kill', slot: slot.number, outcome, kill });
      // The process was killed as part of another slot's kill: this kill is still to be done.
      if (outcome === 'interrupted') this.#planned.unshift(kill);
      else await this.#afterKill(kill, outcome === 'overdue');
    }
  }

  async #afterKill(kill: Kill, isOverdue: boolean): Promise<void> {
    this.#done.push({ kill, isOverdue });
    if (kill.target === 'everything') this.#outage = this.#takeEverythingDown(kill);
    else await downtime(kill);
  }

  async #takeEverythingDown(kill: Kill): Promise<void> {
    await Promise.all([this.#outage, ...this.#slots.map((slot) => slot.kill())]);
    await downtime(kill);
  }
}

async function downtime({ downMs }: Kill): Promise<void> {
  await delay(downMs / SPEED, undefined, { ref: false });
}
