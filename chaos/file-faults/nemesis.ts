import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import type { History } from '../history.ts';
import type { ClientSlot } from './client-slot.ts';
import type { DatabaseFiles, Replacement } from './database-files.ts';
import type { Operations } from './operations.ts';
import type { Fault, FaultKind } from './plan.ts';
import type { RunClock } from './run-clock.ts';

const run = promisify(execFile);
const otherProgram = fileURLToPath(new URL('other-program.ts', import.meta.url));

/** Time within which every process must acknowledge a mark after a fault: a busy machine takes seconds to start one. */
const RECOVERY_TIMEOUT_MS = 60_000;
const POLL_MS = 3;
/** Time that a stopped process may take to come to rest. */
const REST_MS = 10;

export interface Kill {
  readonly client: string;
  readonly at: number;
}

export interface NemesisSetup {
  readonly slots: readonly ClientSlot[];
  readonly files: DatabaseFiles;
  readonly operations: Operations;
  readonly history: History;
  readonly now: RunClock;
  /** Called with the description of an event that no plan explains. */
  readonly onProblem: (text: string) => void;
}

/**
 * Carries out the planned faults, under two rules. Without them nobody could keep the promises, because a deleted file
 * lives on only in the processes that have it open.
 *
 * After each fault but a stop, the next one waits until every process has acknowledged a mark that it was asked for after
 * that fault: the database is whole again then. And a process is killed only while the database is whole, or while others
 * that have it open go on; it is started again only once the database is whole.
 *
 * Stops obey no rule: they overlap with each other and with every other fault.
 */
export class Nemesis {
  readonly #setup: NemesisSetup;
  readonly #counts = new Map<FaultKind, number>();
  readonly #stops: Promise<void>[] = [];
  readonly replacements: Replacement[] = [];
  readonly kills: Kill[] = [];
  #lastFaultAt = -Infinity;
  #shouldStop: () => boolean = () => false;

  constructor(setup: NemesisSetup) {
    this.#setup = setup;
  }

  get counts(): Readonly<Partial<Record<FaultKind, number>>> {
    return Object.fromEntries(this.#counts);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Resolves once every fault is carried out and healed, or soon after `shouldStop` returns true. */
  async run(plan: readonly Fault[], shouldStop: () => boolean): Promise<void> {
    this.#shouldStop = shouldStop;
    for (const fault of plan) {
      await delay(fault.afterMs);
      if (fault.kind !== 'stop') await this.#untilWhole();
      if (shouldStop()) return;
      await this.#carryOut(fault);
    }
    await Promise.all(this.#stops);
    await this.#untilWhole();
  }

  async #carryOut(fault: Fault): Promise<void> {
    const { history, onProblem } = this.#setup;
    history.write({ event: 'fault', at: this.#setup.now(), fault });
    try {
      await this.#faults[fault.kind](fault);
    } catch (error) {
      onProblem(`The fault ${fault.kind} could not be carried out: ${String(error)}`);
    }
    history.write({ event: 'fault-done', at: this.#setup.now(), kind: fault.kind });
    if (fault.kind !== 'stop') this.#lastFaultAt = this.#setup.now();
    this.#counts.set(fault.kind, (this.#counts.get(fault.kind) ?? 0) + 1);
  }

  readonly #faults: Readonly<Record<FaultKind, (fault: Fault) => void | Promise<void>>> = {
    stop: (fault) => {
      const [slot] = this.#affected(fault);
      if (slot !== undefined) this.#stops.push(slot.stopFor(fault.forMs));
    },
    kill: async (fault) => {
      await Promise.all(this.#affected(fault).map((slot) => this.#kill(slot)));
      await delay(fault.forMs);
      for (const slot of this.#affected(fault)) slot.start();
    },
    'delete-file': () => this.#setup.files.delete(''),
    'delete-log': (fault) => this.#deleteLog(fault, '-wal'),
    'delete-index': (fault) => this.#deleteLog(fault, '-shm'),
    'delete-log-and-index': (fault) => this.#deleteLog(fault, '-wal', '-shm'),
    'delete-all': () => this.#setup.files.delete('', '-wal', '-shm'),
    'empty-folder': () => this.#setup.files.emptyFolder(),
    'move-away': () => this.#setup.files.moveAway(),
    'delete-twice': async ({ forMs }) => {
      this.#setup.files.delete('', '-wal', '-shm');
      await delay(forMs / 8);
      this.#setup.files.delete('', '-wal', '-shm');
    },
    'delete-and-kill': (fault) => this.#deleteAndKill(fault),
    replace: ({ logToo }) => this.#replaceWhileStopped(logToo),
    'replace-running': async ({ logToo }) => {
      this.replacements.push(await this.#setup.files.replace(logToo));
    },
    'copy-inside': (fault) => this.#copyInside(fault),
  };

  async #deleteLog({ isVisited }: Fault, ...suffixes: readonly ('-wal' | '-shm')[]): Promise<void> {
    this.#setup.files.delete(...suffixes);
    if (isVisited) await this.#visit();
  }

  /** The killed process is started again once the others have restored the database: it would begin a new one. */
  async #deleteAndKill({ order, logToo, forMs }: Fault): Promise<void> {
    const [victim, ...others] = this.#slotsIn(order);
    const deletedAt = this.#setup.now();
    if (logToo) this.#setup.files.delete('', '-wal', '-shm');
    else this.#setup.files.delete('');
    await delay(forMs / 8);
    if (victim === undefined || others.length === 0) return;
    await this.#kill(victim);
    await this.#untilMarked(others, deletedAt);
    victim.start();
  }

  /** Nothing is excused: everything that was acknowledged is in the copy. */
  async #replaceWhileStopped(logToo: boolean): Promise<void> {
    const proceeding = this.#setup.slots.map((slot) => slot.stop());
    try {
      await delay(REST_MS);
      await this.#setup.files.replace(logToo);
    } finally {
      for (const proceed of proceeding) proceed();
    }
  }

  async #copyInside(fault: Fault): Promise<void> {
    await Promise.all(this.#affected(fault).map((slot) => slot.copy(this.#setup.files.newName())));
    await this.#visit();
  }

  /** Lets another program open and close the database. */
  async #visit(): Promise<void> {
    const { files, history } = this.#setup;
    const { stdout } = await run(process.execPath, [otherProgram, files.path]);
    history.write({ event: 'visited', at: this.#setup.now(), error: stdout.trim() });
  }

  async #kill(slot: ClientSlot): Promise<void> {
    this.kills.push({ client: slot.client, at: this.#setup.now() });
    await slot.kill();
  }

  #affected({ order, affected }: Fault): ClientSlot[] {
    return this.#slotsIn(order).slice(0, affected);
  }

  #slotsIn(order: readonly number[]): ClientSlot[] {
    return order.flatMap((number) => this.#setup.slots.filter((slot) => slot.number === number));
  }

  /** Resolves once every process has acknowledged a mark that it was asked for after the last fault. */
  async #untilWhole(): Promise<void> {
    await this.#untilMarked(this.#setup.slots, this.#lastFaultAt);
  }

  async #untilMarked(slots: readonly ClientSlot[], since: number): Promise<void> {
    const { operations, onProblem } = this.#setup;
    const deadline = this.#setup.now() + RECOVERY_TIMEOUT_MS;
    const isBehind = ({ client }: ClientSlot): boolean => operations.latestMarkOf(client) <= since;
    while (slots.some(isBehind) && !this.#shouldStop()) {
      if (this.#setup.now() > deadline) {
        const names = slots.filter(isBehind).map(({ client }) => client);
        return onProblem(`Clients ${names.join(', ')} have acknowledged nothing for ${RECOVERY_TIMEOUT_MS} ms.`);
      }
      await delay(POLL_MS);
    }
  }
}
