import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

import { ChildProgram } from '../child-program.ts';
import type { ClientConfig, Notice, Order } from './protocol.ts';

const COPY_TIMEOUT_MS = 30_000;

export interface SlotEvents {
  onNotice(client: string, notice: Notice): void;
  /** Called with the description of an event that no plan explains. */
  onProblem(text: string): void;
}

export interface SlotConfig extends ClientSlotConfig {
  /** The path of a client's program. */
  readonly program: string;
  /** The working folder. */
  readonly folder: string;
}

type ClientSlotConfig = Omit<ClientConfig, 'client'>;

/** A slot for a client, which is stopped, continued, killed and started again. */
export class ClientSlot {
  readonly number: number;
  readonly #config: ClientSlotConfig;
  readonly #child: ChildProgram<Notice, Order>;
  readonly #changes = new EventEmitter();
  #started = 0;
  #stops = 0;

  constructor(number: number, { program, folder, ...config }: SlotConfig, events: SlotEvents) {
    this.number = number;
    this.#config = config;
    this.#child = new ChildProgram<Notice, Order>(program, folder, {
      onNotice: (notice) => {
        events.onNotice(this.client, notice);
        this.#changes.emit(notice.event);
      },
      onEnd: (problem) => {
        if (problem !== undefined) events.onProblem(`client ${this.client} ${problem}`);
      },
    });
  }

  /** The name of the client that runs here, or ran last. */
  get client(): string {
    return `${this.number}.${this.#started}`;
  }

  get isStopped(): boolean {
    return this.#stops > 0;
  }

  start(): void {
    this.#started += 1;
    const { seed, ...config } = this.#config;
    this.#child.start({ ...config, client: this.client, seed: seed + 7_919 * this.#started + this.number });
  }

  /** Stops the process for a while. */
  async stopFor(ms: number): Promise<void> {
    const proceed = this.stop();
    await delay(ms);
    proceed();
  }

  /**
   * Stops the process until it is told to proceed, also by whoever else has stopped it.
   *
   * @returns Tells it to proceed.
   */
  stop(): () => void {
    this.#stops += 1;
    this.#child.signal('SIGSTOP');
    return () => {
      this.#stops -= 1;
      if (!this.isStopped) this.#child.signal('SIGCONT');
    };
  }

  /**
   * Has the process copy the file. Resolves once it has: that may be after the end of a stop.
   *
   * @throws When it does not.
   */
  async copy(to: string): Promise<void> {
    const copied = once(this.#changes, 'copied', { signal: AbortSignal.timeout(COPY_TIMEOUT_MS) });
    this.#child.order({ do: 'copy', to });
    await copied;
  }

  kill(): Promise<void> {
    return this.#child.kill();
  }

  /** Lets the client finish its work, and close its store. */
  async end(): Promise<void> {
    this.#child.expectEnd();
    this.#child.order({ do: 'stop' });
    await this.#child.ended;
  }
}
