import { setTimeout as delay } from 'node:timers/promises';

import type { Fault, IncomingRequest } from '../local/discord/index.ts';
import type { ChaosOptions } from './options.ts';
import { planDeaths, type Death, type Victim } from './plan.ts';
import type { ProcessSlot } from './process-slot.ts';
import { SPEED } from './fast-clock.ts';
import { DOOM_HEADER, FROM_HEADER } from './protocol.ts';
import type { RunLog } from './run-log.ts';

/** A step that does not come up in this time, in real milliseconds, is not waited for. */
const PATIENCE_MS = 15_000;

export type KillCounts = Readonly<Record<Victim | 'total', number>> & {
  /** Kills a moment; `overdue` for those whose moment did not come. */
  readonly moments: Readonly<Partial<Record<Death['moment'] | 'overdue', number>>>;
};

/** Carries out the planned deaths, one at a time in each process. */
export class Killer {
  readonly #slots: readonly ProcessSlot[];
  readonly #log: RunLog;
  readonly #planned: Death[];
  readonly #done: { readonly death: Death; readonly isOverdue: boolean }[] = [];
  readonly #current = new Map<ProcessSlot, Death>();
  /** Resolves once processes may run again. */
  #lights: Promise<void> = Promise.resolve();

  constructor(slots: readonly ProcessSlot[], { seed, kills, threads }: ChaosOptions, log: RunLog) {
    this.#slots = slots;
    this.#log = log;
    this.#planned = planDeaths(seed, kills, threads);
  }

  /** Resolves when every planned death has been died and every process runs again. */
  async run(isHopeless: () => boolean): Promise<void> {
    await Promise.all(this.#slots.map((slot) => this.#haunt(slot, isHopeless)));
  }

  /** A request whose sender is to die before the answer: it dies here, with its request already arrived. */
  onRequest(request: IncomingRequest): Fault | undefined {
    const slot = this.#doomedSlot(request);
    const death = slot && this.#current.get(slot);
    if (slot === undefined || death === undefined) return undefined;
    slot.strike(death);
    if (death.requestLost) return { kind: 'disconnect', applied: false };
    // A thread takes a moment to be terminated, in which an answer could still reach it.
    return death.victim === 'thread' ? { kind: 'timeout', applied: true } : undefined;
  }

  isDoomed({ headers }: IncomingRequest): boolean {
    return headers[DOOM_HEADER] !== undefined;
  }

  get counts(): KillCounts {
    const moments: Partial<Record<Death['moment'] | 'overdue', number>> = {};
    const victims = { thread: 0, process: 0, everything: 0 };
    for (const { death, isOverdue } of this.#done) {
      const moment = isOverdue ? 'overdue' : death.moment;
      moments[moment] = (moments[moment] ?? 0) + 1;
      victims[death.victim] += 1;
    }
    return { ...victims, total: this.#done.length, moments };
  }

  async #haunt(slot: ProcessSlot, isHopeless: () => boolean): Promise<void> {
    for (;;) {
      await this.#lights;
      if (!(await slot.run())) continue;
      const death = this.#planned.shift();
      if (death === undefined || isHopeless()) return;
      this.#current.set(slot, death);
      const ending = await slot.die(death, PATIENCE_MS);
      this.#log.write({ event: 'death', slot: slot.number, ending, death });
      // Whoever was killed before its time came to another plan tries again.
      if (ending === 'interrupted') this.#planned.unshift(death);
      else await this.#afterwards(death, ending === 'overdue');
    }
  }

  async #afterwards(death: Death, isOverdue: boolean): Promise<void> {
    this.#done.push({ death, isOverdue });
    if (death.victim === 'everything') this.#lights = this.#blackOut(death);
    else await delay(death.awayMs / SPEED);
  }

  async #blackOut({ awayMs }: Death): Promise<void> {
    await Promise.all([this.#lights, ...this.#slots.map((slot) => slot.kill())]);
    await delay(awayMs / SPEED);
  }

  #doomedSlot(request: IncomingRequest): ProcessSlot | undefined {
    if (!this.isDoomed(request)) return undefined;
    return this.#slots.find((slot) => slot.isHomeOf(String(request.headers[FROM_HEADER])));
  }
}
