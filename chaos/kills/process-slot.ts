import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { ChildProgram } from '../child-program.ts';
import type { Kill, Target } from './plan.ts';
import type { Crash, Notice, Order, ProcessConfig } from './protocol.ts';

/** A kill that was done. */
export interface DoneKill {
  readonly kill: Kill;
  /** True if the process was killed because it did not reach the step in time. */
  readonly isOverdue: boolean;
}

/**
 * Real time within which the last request of a client arrives. On a machine that is busy with other work, discord.js may
 * give it up before it has left.
 */
const ARRIVAL_MS = 1_000;

type Crashing = Extract<Notice, { readonly event: 'crashing' }>;

/** The configuration of every process that runs in a slot. Its clock is the slot's. */
export interface SlotConfig extends Omit<ProcessConfig, 'clockErrorMs'> {
  /** The folder for the working folders of the processes. */
  readonly folder: string;
}

export interface SlotEvents {
  /** Called with every notice of the process. */
  onNotice(slot: number, notice: Notice): void;
  /** Called when a client has ended, for whatever reason: alone, with its process, or with every process at once. */
  onEnd(incarnation: string, target: Target): void;
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
  /** True while the process is killed as one of all. */
  #isOutage = false;

  constructor(number: number, config: SlotConfig, events: SlotEvents) {
    this.number = number;
    this.#config = config;
    this.#events = events;
    const folder = join(config.folder, `process-${number}`);
    this.#child = new ChildProgram<Notice, Order>(join(config.programs, 'process.mjs'), folder, {
      onNotice: (notice) => this.#receive(notice),
      onEnd: (problem) => this.#processEnded(problem),
    });
  }

  /**
   * Starts the process unless it runs, and waits until one of its clients is ready. The others are as good as ready: what
   * they are to do reaches them when they are.
   *
   * @returns False when it was killed before one was.
   */
  async start(): Promise<boolean> {
    if (!this.#child.isRunning) this.#isOutage = false;
    this.#child.start({ ...this.#config, clockErrorMs: this.#clockErrorMs });
    while (this.#child.isRunning && !this.#isServing) await once(this.#changes, 'change');
    return this.#isServing;
  }

  /**
   * Carries out one of the kills: that whose step is reached first, by the process or a thread of it. If none is in time,
   * kills the process.
   *
   * @returns Undefined if the process was killed for another reason before.
   */
  async carryOut(kills: readonly [Kill, ...Kill[]], stepTimeoutMs: number): Promise<DoneKill | undefined> {
    const [first] = kills;
    if (first.moment === 'random') return this.#killAtRandom(first);
    const over = new AbortController();
    const crashing = this.#crashing(over.signal);
    this.#child.order({ do: 'arm', crashes: kills.flatMap(crashOf) });
    const closed = this.#child.ended.then(() => undefined);
    const event = await Promise.race([crashing, closed, delay(stepTimeoutMs, 'late' as const, { ref: false })]);
    over.abort();
    if (event === 'late') return this.#giveUp(first);
    const kill = kills.find(({ moment }) => moment === event?.step);
    if (event === undefined || kill === undefined) return undefined;
    this.#isOutage = kill.target === 'everything';
    await this.#targetEnded(kill, event);
    return { kill, isOverdue: false };
  }

  /** Kills the thread whose request has just arrived, or the process with it. */
  killSender(target: Target, thread: number): void {
    if (target === 'thread') return this.#child.order({ do: 'terminate', thread });
    this.#isOutage = target === 'everything';
    this.#child.expectEnd();
    this.#child.signal('SIGKILL');
  }

  /** Returns true if the client runs in this process. */
  hosts(incarnation: string): boolean {
    return [...this.#clients.values()].includes(incarnation);
  }

  /**
   * Kills the process, if there is one, and resolves once it is gone.
   *
   * @param target All that is killed with it: by default nothing.
   */
  kill(target: Target = 'process'): Promise<void> {
    this.#isOutage = target === 'everything';
    return this.#child.kill();
  }

  /** Stops the process, if there is one, or lets it go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.signal(name);
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

  get #isServing(): boolean {
    return this.#clients.size > 0;
  }

  async #killAtRandom(kill: Kill): Promise<DoneKill | undefined> {
    const { target, thread, afterMs } = kill;
    const closed = this.#child.ended.then(() => 'closed' as const);
    if ((await Promise.race([closed, delay(afterMs)])) === 'closed') return undefined;
    if (target === 'thread') {
      const incarnation = this.#clients.get(thread);
      this.#child.order({ do: 'terminate', thread });
      await this.#clientGone(thread, incarnation);
    } else await this.kill(target);
    return { kill, isOverdue: false };
  }

  /** Resolves once the target that has reached its step is gone. */
  async #targetEnded({ target }: Kill, { step, thread }: Crashing): Promise<void> {
    const incarnation = this.#clients.get(thread);
    if (target !== 'thread') this.#child.expectEnd();
    const ended = target === 'thread' ? this.#clientGone(thread, incarnation) : this.#child.ended;
    if (step === 'sent') {
      const event = await Promise.race([ended, delay(ARRIVAL_MS, 'late' as const, { ref: false })]);
      if (event === 'late') this.killSender(target, thread);
    }
    await ended;
  }

  /** Resolves once the client is gone, alone or with its process: another one may not have taken its place yet. */
  async #clientGone(thread: number, incarnation: string | undefined): Promise<void> {
    while (this.#child.isRunning && this.#clients.get(thread) === incarnation) await once(this.#changes, 'change');
  }

  async #giveUp(kill: Kill): Promise<DoneKill> {
    await this.kill(kill.target);
    return { kill, isOverdue: true };
  }

  /** Resolves to undefined once the signal aborts. */
  async #crashing(signal: AbortSignal): Promise<Crashing | undefined> {
    try {
      const [notice] = (await once(this.#changes, 'crashing', { signal })) as [Crashing];
      return notice;
    } catch (error) {
      if (!signal.aborted) throw error;
      return undefined;
    }
  }

  #receive(notice: Notice): void {
    if (notice.event === 'ready') this.#clients.set(notice.thread, notice.incarnation);
    if (notice.event === 'crashing' && notice.step !== 'sent') this.#child.expectEnd();
    if (notice.event === 'terminated') this.#clientEnded(notice.thread, notice.incarnation, 'thread');
    if (notice.event === 'failed') this.#events.onProblem(`process ${this.number}: ${notice.error}`);
    this.#events.onNotice(this.number, notice);
    if (notice.event === 'crashing') this.#changes.emit('crashing', notice);
    this.#changes.emit('change');
  }

  #clientEnded(thread: number, incarnation: string, target: Target): void {
    if (this.#clients.get(thread) === incarnation) this.#clients.delete(thread);
    this.#events.onEnd(incarnation, target);
  }

  #processEnded(problem: string | undefined): void {
    const target = this.#isOutage ? 'everything' : 'process';
    for (const [thread, incarnation] of this.#clients) this.#clientEnded(thread, incarnation, target);
    if (problem !== undefined) this.#events.onProblem(`process ${this.number} ${problem}`);
    this.#changes.emit('change');
  }
}

function crashOf({ moment, occurrence, target }: Kill): Crash[] {
  if (moment === 'random') return [];
  return [{ step: moment, occurrence, target: target === 'thread' ? 'thread' : 'process' }];
}
