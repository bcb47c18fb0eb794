import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import type { History } from '../history.ts';
import type { ClientSlot } from './client-slot.ts';
import type { DatabaseFiles, Replacement } from './database-files.ts';
import type { Fault, FaultKind } from './plan.ts';
import type { Recovery } from './recovery.ts';
import type { RunClock } from './run-clock.ts';

const run = promisify(execFile);
const otherProgram = fileURLToPath(new URL('other-program.ts', import.meta.url));

/** Time that a stopped process may take to come to rest, in milliseconds. */
const REST_MS = 10;

export interface Kill {
  readonly client: string;
  readonly at: number;
}

export interface ActionsSetup {
  readonly slots: readonly ClientSlot[];
  readonly files: DatabaseFiles;
  readonly recovery: Recovery;
  readonly history: History;
  readonly now: RunClock;
}

/** Carries out each kind of fault, and remembers those that the checker has to know of. */
export class FaultActions {
  readonly #setup: ActionsSetup;
  readonly replacements: Replacement[] = [];
  readonly kills: Kill[] = [];
  readonly #stops: Promise<void>[] = [];

  constructor(setup: ActionsSetup) {
    this.#setup = setup;
  }

  /** Resolves once the fault is done; only a stop goes on. */
  async carryOut(fault: Fault): Promise<void> {
    await this.#actions[fault.kind](fault);
  }

  /** Resolves once every stopped process proceeds. */
  async untilAllProceed(): Promise<void> {
    await Promise.all(this.#stops);
  }

  readonly #actions: Readonly<Record<FaultKind, (fault: Fault) => void | Promise<void>>> = {
    stop: (fault) => {
      for (const slot of this.#affected(fault)) this.#stops.push(slot.stopFor(fault.forMs));
    },
    kill: (fault) => this.#killAndStart(fault),
    'delete-file': () => this.#setup.files.delete(''),
    'delete-log': (fault) => this.#deleteLog(fault, '-wal'),
    'delete-index': (fault) => this.#deleteLog(fault, '-shm'),
    'delete-log-and-index': (fault) => this.#deleteLog(fault, '-wal', '-shm'),
    'delete-all': () => this.#setup.files.deleteAll(),
    'empty-folder': () => this.#setup.files.emptyFolder(),
    'move-away': () => this.#setup.files.moveAway(),
    'delete-twice': (fault) => this.#deleteTwice(fault),
    'delete-and-kill': (fault) => this.#deleteAndKill(fault),
    replace: (fault) => this.#replaceWhileStopped(fault),
    'replace-running': (fault) => this.#replaceWhileRunning(fault),
    'replace-killed': (fault) => this.#replaceAfterKill(fault),
    'copy-inside': (fault) => this.#copyInside(fault),
  };

  async #killAndStart(fault: Fault): Promise<void> {
    const slots = this.#affected(fault);
    await this.#kill(slots);
    if (fault.isVisited) await this.#visit();
    await delay(fault.forMs);
    start(slots);
  }

  async #deleteLog({ isVisited }: Fault, ...suffixes: readonly ('-wal' | '-shm')[]): Promise<void> {
    this.#setup.files.delete(...suffixes);
    if (isVisited) await this.#visit();
  }

  async #deleteTwice({ forMs }: Fault): Promise<void> {
    this.#setup.files.deleteAll();
    await delay(duringRecovery(forMs));
    this.#setup.files.deleteAll();
  }

  /** The killed process is started again once the others have restored the database: it would begin a new one. */
  async #deleteAndKill({ order, logToo, forMs }: Fault): Promise<void> {
    const { files, recovery, now } = this.#setup;
    const [victim, ...others] = this.#slotsIn(order);
    const deletedAt = now();
    if (logToo) files.deleteAll();
    else files.delete('');
    await delay(duringRecovery(forMs));
    if (victim === undefined || others.length === 0) return;
    await this.#kill([victim]);
    await recovery.of(others, deletedAt);
    victim.start();
  }

  /** Nothing is excused: everything that was acknowledged is in the copy. */
  async #replaceWhileStopped({ logToo }: Fault): Promise<void> {
    const { slots, files } = this.#setup;
    const proceeding = slots.map((slot) => slot.stop());
    try {
      await delay(REST_MS);
      await files.replace(logToo);
    } finally {
      for (const proceed of proceeding) proceed();
    }
  }

  async #replaceWhileRunning({ logToo }: Fault): Promise<void> {
    this.replacements.push(await this.#setup.files.replace(logToo));
  }

  async #replaceAfterKill({ logToo }: Fault): Promise<void> {
    const { slots, files } = this.#setup;
    this.replacements.push(await files.replace(logToo, () => this.#kill(slots)));
    start(slots);
  }

  async #copyInside(fault: Fault): Promise<void> {
    await Promise.all(this.#affected(fault).map((slot) => slot.copy(this.#setup.files.newName())));
    await this.#visit();
  }

  /** Lets another program open and close the database. */
  async #visit(): Promise<void> {
    const { files, history, now } = this.#setup;
    const { stdout } = await run(process.execPath, [otherProgram, files.path]);
    history.write({ event: 'visited', at: now(), error: stdout.trim() });
  }

  async #kill(slots: readonly ClientSlot[]): Promise<void> {
    this.kills.push(...slots.map(({ client }) => ({ client, at: this.#setup.now() })));
    await Promise.all(slots.map((slot) => slot.kill()));
  }

  #affected({ order, affected }: Fault): ClientSlot[] {
    return this.#slotsIn(order).slice(0, affected);
  }

  #slotsIn(order: readonly number[]): ClientSlot[] {
    return order.flatMap((number) => this.#setup.slots.filter((slot) => slot.number === number));
  }
}

function start(slots: readonly ClientSlot[]): void {
  for (const slot of slots) slot.start();
}

/** A recovery takes some tens of milliseconds. */
function duringRecovery(forMs: number): number {
  return forMs / 8;
}
