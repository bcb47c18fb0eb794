import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import type { Death } from './plan.ts';
import type { DelivererConfig, Notice, Order } from './protocol.ts';

const program = fileURLToPath(new URL('deliverer.ts', import.meta.url));

/** What came of a planned death: carried out, or the process was killed for another reason before it came to it. */
export type Ending = 'carried-out' | 'interrupted' | 'overdue';

export interface SlotEvents {
  onNotice(slot: number, notice: Notice): void;
  /** A thread has ended, whatever the reason. */
  onEnd(incarnation: string): void;
  /** Something that no plan explains. */
  onProblem(text: string): void;
}

/** A place for a process of deliverers. Its process is killed and started again, many times. */
export class ProcessSlot {
  readonly number: number;
  readonly #config: DelivererConfig;
  readonly #events: SlotEvents;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #alive = new Map<number, string>();
  #child: ChildProcess | undefined;
  #closed: Promise<unknown> = Promise.resolve();
  /** Whether the end of the present process is planned. */
  #expected = false;

  constructor(number: number, config: DelivererConfig, events: SlotEvents) {
    this.number = number;
    this.#config = config;
    this.#events = events;
  }

  /**
   * Starts the process unless it runs, and waits until all its threads deliver.
   *
   * @returns False when it was killed before.
   */
  async run(): Promise<boolean> {
    this.#child ??= this.#spawn();
    while (this.#child !== undefined && !this.#isComplete) await once(this.#changes, 'change');
    return this.#isComplete;
  }

  /** Lets the process, or a thread of it, die as planned. A process that does not come to it is killed in the end. */
  async die(death: Death, patienceMs: number): Promise<Ending> {
    if (death.moment === 'random') return this.#dieAtRandom(death);
    const over = new AbortController();
    const victim = death.victim === 'thread' ? 'thread' : 'process';
    const dying = this.#until('dying', over.signal);
    this.#order({
      do: 'doom',
      thread: death.thread,
      doom: { step: death.moment, occurrence: death.occurrence, victim },
    });
    const closed = this.#closed.then(() => undefined);
    const first = await Promise.race([dying, closed, delay(patienceMs, 'late' as const, { ref: false })]);
    over.abort();
    if (first === 'late') return this.#giveUp();
    if (first === undefined) return 'interrupted';
    await this.#gone(death);
    return 'carried-out';
  }

  /** The planned victim of the step `sent`, whose request has just arrived. */
  strike(death: Death): void {
    if (death.victim === 'thread') this.#order({ do: 'terminate', thread: death.thread });
    else this.#signal();
  }

  /** Whether the thread of this name lives here. */
  isHomeOf(incarnation: string): boolean {
    return [...this.#alive.values()].includes(incarnation);
  }

  /** Kills the process, if there is one, and resolves once it is gone. */
  async kill(): Promise<void> {
    this.#signal();
    await this.#closed;
  }

  /** Lets the threads finish what they are at, and the process end. */
  async stop(): Promise<void> {
    this.#expected = true;
    this.#order({ do: 'stop' });
    await this.#closed;
  }

  get #isComplete(): boolean {
    return this.#alive.size === this.#config.threads;
  }

  async #dieAtRandom({ victim, thread, afterMs }: Death): Promise<Ending> {
    const closed = this.#closed.then(() => 'closed' as const);
    if ((await Promise.race([closed, delay(afterMs)])) === 'closed') return 'interrupted';
    if (victim !== 'thread') {
      await this.kill();
      return 'carried-out';
    }
    const incarnation = this.#alive.get(thread);
    this.#order({ do: 'terminate', thread });
    await this.#replaced(thread, incarnation);
    return 'carried-out';
  }

  /** Resolves once the victim of a step is gone. */
  async #gone({ victim, thread }: Death): Promise<void> {
    if (victim !== 'thread') {
      this.#expected = true;
      await this.#closed;
      return;
    }
    await this.#replaced(thread, this.#alive.get(thread));
  }

  async #replaced(thread: number, incarnation: string | undefined): Promise<void> {
    while (this.#child !== undefined && this.#alive.get(thread) === incarnation) await once(this.#changes, 'change');
  }

  async #giveUp(): Promise<Ending> {
    await this.kill();
    return 'overdue';
  }

  async #until(event: Notice['event'], signal: AbortSignal): Promise<true | undefined> {
    try {
      await once(this.#changes, event, { signal });
      return true;
    } catch (error) {
      if (!signal.aborted) throw error;
      return undefined;
    }
  }

  #signal(): void {
    this.#expected = true;
    this.#child?.kill('SIGKILL');
  }

  #order(order: Order): void {
    // An order to a process that has just died reaches nobody; that it died is heard of anyway.
    if (this.#child?.connected) this.#child.send(order, () => undefined);
  }

  #spawn(): ChildProcess {
    const child = spawn(process.execPath, [program, JSON.stringify(this.#config)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { NODE_COMPILE_CACHE: dirname(this.#config.database), ...process.env },
    });
    this.#expected = false;
    let errors = '';
    child.stderr?.on('data', (data: Buffer) => (errors += data.toString()));
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', (line) => this.#hear(line));
    this.#closed = once(child, 'close').then(([code, signal]: unknown[]) => this.#bury(code, signal, errors));
    return child;
  }

  #hear(line: string): void {
    const notice = JSON.parse(line) as Notice;
    if (notice.event === 'ready') this.#alive.set(notice.thread, notice.incarnation);
    if (notice.event === 'dying' && notice.step !== 'sent') this.#expected = true;
    if (notice.event === 'terminated') this.#endThread(notice.thread, notice.incarnation);
    if (notice.event === 'failed') this.#events.onProblem(`process ${this.number}: ${notice.error}`);
    this.#events.onNotice(this.number, notice);
    this.#changes.emit(notice.event);
    this.#changes.emit('change');
  }

  #endThread(thread: number, incarnation: string): void {
    if (this.#alive.get(thread) === incarnation) this.#alive.delete(thread);
    this.#events.onEnd(incarnation);
  }

  #bury(code: unknown, signal: unknown, errors: string): void {
    this.#child = undefined;
    for (const [thread, incarnation] of this.#alive) this.#endThread(thread, incarnation);
    const isFine = this.#expected && (signal === 'SIGKILL' || code === 0);
    if (!isFine || errors !== '') {
      this.#events.onProblem(`process ${this.number} ended with ${String(signal ?? code)}. ${errors}`.trim());
    }
    this.#changes.emit('change');
  }
}
