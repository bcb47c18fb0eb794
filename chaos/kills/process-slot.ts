import { EventEmitter, once } from 'node:events';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { ChildProgram } from '../child-program.ts';
import type { Kill } from './plan.ts';
import type { Notice, Order, ProcessConfig } from './protocol.ts';

const program = fileURLToPath(new URL('client-process.ts', import.meta.url));

/**
 * The outcome of a planned kill: `interrupted` if the process was killed for another reason before, `overdue` if it was
 * killed because it did not reach the step in time.
 */
export type KillOutcome = 'carried-out' | 'interrupted' | 'overdue';

/** The configuration of every process that runs in the slot. Its clock is the slot's. */
export type SlotConfig = Omit<ProcessConfig, 'clockErrorMs'>;

export interface SlotEvents {
  /** Called with every notice of the process. */
  onNotice(slot: number, notice: Notice): void;
  /** Called when a client has ended, for whatever reason. */
  onEnd(incarnation: string): void;
  /** Called with the description of an event that no plan explains. */
  onProblem(text: string): void;
}

/** A slot for a process of clients, which is killed and started again many times. */
export class ProcessSlot {
  readonly number: number;
  readonly #config: SlotConfig;
  readonly #events: SlotEvents;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  /** The incarnations of the clients that are ready, by thread. */
  readonly #clients = new Map<number, string>();
  readonly #child: ChildProgram<Notice, Order>;
  #clockErrorMs = 0;

  constructor(number: number, config: SlotConfig, events: SlotEvents) {
    this.number = number;
    this.#config = config;
    this.#events = events;
    this.#child = new ChildProgram<Notice, Order>(program, dirname(config.database), {
      onNotice: (notice) => this.#receive(notice),
      onEnd: (problem) => this.#processEnded(problem),
    });
  }

  /**
   * Starts the process unless it runs, and waits until all its clients are ready.
   *
   * @returns False when it was killed before they were.
   */
  async start(): Promise<boolean> {
    this.#child.start({ ...this.#config, clockErrorMs: this.#clockErrorMs });
    while (this.#child.isRunning && !this.#isComplete) await once(this.#changes, 'change');
    return this.#isComplete;
  }

  /** Has the process, or a thread of it, killed as planned. Kills the process if it does not reach the step in time. */
  async carryOut(kill: Kill, stepTimeoutMs: number): Promise<KillOutcome> {
    if (kill.moment === 'random') return this.#killAtRandom(kill);
    const over = new AbortController();
    const target = kill.target === 'thread' ? 'thread' : 'process';
    const crashing = this.#until('crashing', over.signal);
    this.#child.order({
      do: 'arm',
      thread: kill.thread,
      crash: { step: kill.moment, occurrence: kill.occurrence, target },
    });
    const closed = this.#child.ended.then(() => undefined);
    const first = await Promise.race([crashing, closed, delay(stepTimeoutMs, 'late' as const, { ref: false })]);
    over.abort();
    if (first === 'late') return this.#giveUp();
    if (first === undefined) return 'interrupted';
    await this.#targetEnded(kill);
    return 'carried-out';
  }

  /** Kills the target of the step `sent`, whose request has just arrived. */
  killSender(kill: Kill): void {
    if (kill.target === 'thread') return this.#child.order({ do: 'terminate', thread: kill.thread });
    this.#child.expectEnd();
    this.#child.signal('SIGKILL');
  }

  /** Returns true if the client runs in this process. */
  hosts(incarnation: string): boolean {
    return [...this.#clients.values()].includes(incarnation);
  }

  /** Kills the process, if there is one, and resolves once it is gone. */
  kill(): Promise<void> {
    return this.#child.kill();
  }

  /** Sets the clock of the process, which keeps its error when it is killed and started again. */
  setClock(errorMs: number): void {
    this.#clockErrorMs = errorMs;
    this.#child.order({ do: 'set-clock', errorMs });
  }

  /** Lets the clients finish their work, and the process end. */
  async stop(): Promise<void> {
    this.#child.expectEnd();
    this.#child.order({ do: 'stop' });
    await this.#child.ended;
  }

  get #isComplete(): boolean {
    return this.#clients.size === this.#config.threads;
  }

  async #killAtRandom({ target, thread, afterMs }: Kill): Promise<KillOutcome> {
    const closed = this.#child.ended.then(() => 'closed' as const);
    if ((await Promise.race([closed, delay(afterMs)])) === 'closed') return 'interrupted';
    if (target !== 'thread') {
      await this.kill();
      return 'carried-out';
    }
    const incarnation = this.#clients.get(thread);
    this.#child.order({ do: 'terminate', thread });
    await this.#replaced(thread, incarnation);
    return 'carried-out';
  }

  /** Resolves once the target that has reached its step is gone. */
  async #targetEnded({ target, thread }: Kill): Promise<void> {
    if (target !== 'thread') {
      this.#child.expectEnd();
      await this.#child.ended;
      return;
    }
    await this.#replaced(thread, this.#clients.get(thread));
  }

  async #replaced(thread: number, incarnation: string | undefined): Promise<void> {
    while (this.#child.isRunning && this.#clients.get(thread) === incarnation) await once(this.#changes, 'change');
  }

  async #giveUp(): Promise<KillOutcome> {
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

  #receive(notice: Notice): void {
    if (notice.event === 'ready') this.#clients.set(notice.thread, notice.incarnation);
    if (notice.event === 'crashing' && notice.step !== 'sent') this.#child.expectEnd();
    if (notice.event === 'terminated') this.#clientEnded(notice.thread, notice.incarnation);
    if (notice.event === 'failed') this.#events.onProblem(`process ${this.number}: ${notice.error}`);
    this.#events.onNotice(this.number, notice);
    this.#changes.emit(notice.event);
    this.#changes.emit('change');
  }

  #clientEnded(thread: number, incarnation: string): void {
    if (this.#clients.get(thread) === incarnation) this.#clients.delete(thread);
    this.#events.onEnd(incarnation);
  }

  #processEnded(problem: string | undefined): void {
    for (const [thread, incarnation] of this.#clients) this.#clientEnded(thread, incarnation);
    if (problem !== undefined) this.#events.onProblem(`process ${this.number} ${problem}`);
    this.#changes.emit('change');
  }
}
