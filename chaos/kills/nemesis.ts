import { setTimeout as delay } from 'node:timers/promises';

import type { Fault, IncomingRequest } from '../../local/discord/index.ts';
import { SPEED } from './fast-clock.ts';
import type { History } from '../history.ts';
import { moments, type Kill, type Target } from './plan.ts';
import type { DoneKill, ProcessSlot } from './process-slot.ts';
import { CRASH_HEADER, FROM_HEADER } from './protocol.ts';

/** Real time after which a process is killed even though it has reached none of the planned steps. */
const STEP_TIMEOUT_MS = 10_000;

/** The most kills of which a process gets the first whose step it reaches. The others are left to the next ones. */
const CHOICE = 3;

/** Pause between two looks at the number of kills, in real milliseconds. */
const LOOK_MS = 20;

export type KillsReached = (kills: number, signal: AbortSignal) => Promise<void>;

export type KillCounts = Readonly<Record<Target | 'total', number>> & {
  /** Number of kills by moment; `overdue` counts those whose step was not reached in time. */
  readonly moments: Readonly<Partial<Record<Kill['moment'] | 'overdue', number>>>;
  /** Kills in a minute, from the start of the processes to the last kill. */
  readonly perMinute: number;
};

/** Carries out the planned kills, in each process one at a time. */
export class Nemesis {
  readonly #slots: readonly ProcessSlot[];
  readonly #history: History;
  #planned: readonly Kill[];
  readonly #done: DoneKill[] = [];
  readonly #current = new Map<ProcessSlot, readonly Kill[]>();
  #startedAt = 0;
  #lastAt = 0;
  /** Resolves at the end of the present outage of all processes. */
  #outage: Promise<void> = Promise.resolve();

  constructor(slots: readonly ProcessSlot[], plan: readonly Kill[], history: History) {
    this.#slots = slots;
    this.#history = history;
    this.#planned = plan;
  }

  /** Resolves once every planned kill is done and every process runs again, or soon after `shouldStop` returns true. */
  async run(shouldStop: () => boolean): Promise<void> {
    this.#startedAt = performance.now();
    await Promise.all(this.#slots.map((slot) => this.#killRepeatedly(slot, shouldStop)));
  }

  /** Resolves once so many of the kills are done, or the signal aborts. */
  readonly reached: KillsReached = async (kills, signal) => {
    while (this.#done.length < kills && !signal.aborted) await delay(LOOK_MS, undefined, { ref: false });
  };

  /** Kills the sender of a request that `isLastRequest`, and returns the fate of that request. */
  onLastRequest(request: IncomingRequest): Fault | undefined {
    const slot = this.#slots.find((one) => one.hosts(String(request.headers[FROM_HEADER])));
    const kill = slot && this.#current.get(slot)?.find(({ moment }) => moment === 'sent');
    if (slot === undefined || kill === undefined) return undefined;
    slot.killSender(kill.target, Number(request.headers[CRASH_HEADER]));
    if (kill.requestLost) return { kind: 'disconnect', applied: false };
    // Terminating a thread takes a moment, in which an answer could still reach it.
    return kill.target === 'thread' ? { kind: 'timeout', applied: true } : undefined;
  }

  /** Returns true for a request whose sender is to be killed before the answer. */
  isLastRequest({ headers }: IncomingRequest): boolean {
    return headers[CRASH_HEADER] !== undefined;
  }

  get counts(): KillCounts {
    const counts: Partial<Record<Kill['moment'] | 'overdue', number>> = {};
    const targets = { thread: 0, process: 0, everything: 0 };
    for (const { kill, isOverdue } of this.#done) {
      const moment = isOverdue ? 'overdue' : kill.moment;
      counts[moment] = (counts[moment] ?? 0) + 1;
      targets[kill.target] += 1;
    }
    const total = this.#done.length;
    const perMinute = total === 0 ? 0 : total / ((this.#lastAt - this.#startedAt) / 60_000);
    return { ...targets, total, moments: counts, perMinute };
  }

  async #killRepeatedly(slot: ProcessSlot, shouldStop: () => boolean): Promise<void> {
    while (!shouldStop()) {
      await this.#outage;
      if (!(await slot.start())) continue;
      const kills = this.#take();
      if (kills === undefined) return;
      this.#current.set(slot, kills);
      const done = await slot.carryOut(kills, STEP_TIMEOUT_MS);
      this.#history.write({ event: 'kill', slot: slot.number, ...done });
      // If the process was killed as part of another slot's kill, all of them are still to be done.
      this.#planned = [...kills.filter((kill) => kill !== done?.kill), ...this.#planned];
      if (done !== undefined) await this.#afterKill(done);
    }
  }

  /** Takes the next kill out of the plan, and others at different steps; undefined when nothing is left. */
  #take(): [Kill, ...Kill[]] | undefined {
    const [first, ...rest] = this.#planned;
    if (first === undefined) return undefined;
    const most = Math.min(CHOICE, Math.ceil(this.#planned.length / this.#slots.length));
    const kills: [Kill, ...Kill[]] = [first];
    for (const kill of first.moment === 'random' ? [] : rest.slice(0, moments.length)) {
      if (kills.length === most) break;
      if (kill.moment !== 'random' && kills.every(({ moment }) => moment !== kill.moment)) kills.push(kill);
    }
    this.#planned = this.#planned.filter((kill) => !kills.includes(kill));
    return kills;
  }

  async #afterKill(done: DoneKill): Promise<void> {
    const { kill } = done;
    this.#done.push(done);
    this.#lastAt = performance.now();
    if (kill.target === 'everything') this.#outage = this.#takeEverythingDown(kill);
    else await downtime(kill);
  }

  async #takeEverythingDown(kill: Kill): Promise<void> {
    await Promise.all([this.#outage, ...this.#slots.map((slot) => slot.kill('everything'))]);
    await downtime(kill);
  }
}

async function downtime({ downMs }: Kill): Promise<void> {
  await delay(downMs / SPEED, undefined, { ref: false });
}
