import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { strangersEnv, type CommandOptions } from './command.ts';
import { Deadline, reasonOf } from './deadline.ts';
import { killGroup, startGroup, untilEnded, type Ending, type GroupLeader } from './process-group.ts';

/** Far more than a stop takes, and less than one that runs into the limits of `stopBot`. */
const STOPPED_WITHIN_MS = 4_000;

/** Far more than a bot takes to do the next thing, on a busy machine. */
const PRINTS_WITHIN_MS = 60_000;

export interface BotOptions extends CommandOptions {
  /** The path of the Node that runs it. Default: this one. */
  readonly node?: string;
}

/** A stranger's bot in a process of its own, and the lines that it prints. */
export class BotProcess implements AsyncDisposable {
  readonly #leader: GroupLeader;
  readonly #changes = new EventEmitter();
  readonly #ended: Promise<Ending>;
  readonly #signal: AbortSignal;
  readonly #lines: string[] = [];
  readonly #complaints: string[] = [];
  #ending: Ending | undefined;

  /** @param args The arguments that Node is started with. */
  constructor(args: readonly string[], { folder, signal, env = {}, node = process.execPath }: BotOptions) {
    signal.throwIfAborted();
    this.#signal = signal;
    this.#leader = startGroup(node, args, { folder, env: { ...strangersEnv, ...env } });
    // The bot must not outlive its case, however that ends.
    const kill = (): void => killGroup(this.#leader);
    signal.addEventListener('abort', kill, { once: true });
    this.#ended = untilEnded(this.#leader)
      .catch((error: unknown): Ending => ({ how: String(error), leftProcesses: false }))
      .then((ending) => {
        signal.removeEventListener('abort', kill);
        this.#ending = ending;
        this.#changes.emit('change');
        return ending;
      });
    this.#read(this.#leader.stdout, this.#lines);
    this.#read(this.#leader.stderr, this.#complaints);
  }

  /** The lines that it has printed to its standard error. */
  get complaints(): readonly string[] {
    return this.#complaints;
  }

  /** The lines that it has printed to its standard output. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /**
   * Resolves with the lines that match, once there are `count` of them.
   *
   * @throws {Error} With all that the bot has printed, when it ends before, or when that takes longer than a minute.
   */
  async untilLines(pattern: RegExp, count: number): Promise<readonly string[]> {
    using deadline = new Deadline(PRINTS_WITHIN_MS, 'A minute is over.', this.#signal);
    for (;;) {
      const found = this.#lines.filter((line) => pattern.test(line));
      if (found.length >= count) return found;
      if (this.#signal.aborted) throw this.#failure(`was ended: ${reasonOf(this.#signal)}`);
      if (deadline.signal.aborted) throw this.#failure(`did not print ${count} × ${pattern} within a minute.`);
      if (this.#ending !== undefined)
        throw this.#failure(`ended with ${this.#ending.how} before it printed ${pattern}.`);
      await this.#change(deadline.signal);
    }
  }

  /**
   * Sends SIGTERM, and resolves once the bot has ended.
   *
   * @throws {Error} When it does not end by itself in time, ends with another exit code than 0, leaves processes behind,
   *   or gives up something that it could not stop.
   */
  async stop(): Promise<void> {
    this.#leader.kill('SIGTERM');
    let isKilled = false;
    const timer = setTimeout(() => {
      isKilled = true;
      killGroup(this.#leader);
    }, STOPPED_WITHIN_MS);
    const { how, leftProcesses } = await this.#ended;
    clearTimeout(timer);
    if (isKilled) throw this.#failure(`still ran ${STOPPED_WITHIN_MS / 1000} s after SIGTERM.`);
    if (how !== 'exit code 0') throw this.#failure(`ended with ${how} after SIGTERM.`);
    if (leftProcesses) throw this.#failure('has ended after SIGTERM, and processes that it started still ran.');
    if (this.#printed().includes('seen_stop_forced')) throw this.#failure('did not stop all that it had started.');
  }

  /** Ends it at once, if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    killGroup(this.#leader);
    await this.#ended;
  }

  /** Resolves when something has changed, or when the signal aborts. */
  async #change(signal: AbortSignal): Promise<void> {
    try {
      await once(this.#changes, 'change', { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #read(stream: Readable, lines: string[]): void {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      this.#changes.emit('change');
    });
  }

  #failure(what: string): Error {
    return new Error(`The bot ${what} It has printed:\n${this.#printed()}`);
  }

  #printed(): string {
    return [...this.#lines, ...this.#complaints].slice(-40).join('\n');
  }
}
