import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ChildEvents<Notice> {
  /** Called with every notice of the program: a line of JSON on its stdout, see `notify`. */
  onNotice(notice: Notice): void;
  /**
   * Called when the program has ended.
   *
   * @param problem A description, if it ended in a way that nobody planned.
   */
  onEnd(problem?: string): void;
}

/** A program of clients in a process of its own, which is ended and started again many times. */
export class ChildProgram<Notice, Order extends object> {
  readonly #file: string;
  readonly #folder: string;
  readonly #events: ChildEvents<Notice>;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #isEndExpected = false;

  /**
   * @param file The program. Node keeps its compiled sources beside it, so that a restart is fast.
   * @param folder Its working folder.
   */
  constructor(file: string, folder: string, events: ChildEvents<Notice>) {
    mkdirSync(folder, { recursive: true });
    this.#file = file;
    this.#folder = folder;
    this.#events = events;
  }

  /** Starts the program, unless it runs. Its only argument is `config`, as JSON. */
  start(config: object): void {
    this.#child ??= this.#spawn(JSON.stringify(config));
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Resolves once the present process is gone. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Tells that the present process is to end, by itself or because it is killed. */
  expectEnd(): void {
    this.#isEndExpected = true;
  }

  /** Kills the process, if there is one, and resolves once it is gone. */
  async kill(): Promise<void> {
    this.expectEnd();
    this.signal('SIGKILL');
    await this.#ended;
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  /** An order to a process that has just been killed is lost, which does no harm: its end is noticed anyway. */
  order(order: Order): void {
    if (this.#child?.connected) this.#child.send(order, () => undefined);
  }

  #spawn(config: string): ChildProcess {
    const child = spawn(process.execPath, [this.#file, config], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      cwd: this.#folder,
      env: { NODE_COMPILE_CACHE: join(dirname(this.#file), 'compiled'), ...process.env },
    });
    this.#isEndExpected = false;
    let errors = '';
    child.stderr?.on('data', (data: Buffer) => (errors += data.toString()));
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (line) => this.#events.onNotice(JSON.parse(line) as Notice));
    }
    this.#ended = once(child, 'close').then(([code, signal]: unknown[]) => this.#noteEnd(code, signal, errors));
    return child;
  }

  #noteEnd(code: unknown, signal: unknown, errors: string): void {
    this.#child = undefined;
    const isAsPlanned = this.#isEndExpected && (signal === 'SIGKILL' || code === 0) && errors === '';
    this.#events.onEnd(isAsPlanned ? undefined : `ended with ${String(signal ?? code)}. ${errors}`.trim());
  }
}
