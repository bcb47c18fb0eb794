import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A child process that runs a program of this folder; its counterpart is `serve`. */
export class Child {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #ready = Promise.withResolvers<void>();
  readonly #ended: Promise<unknown[]>;
  #lastLine = '';
  #errors = '';

  private constructor(file: string, args: readonly string[]) {
    const program = fileURLToPath(new URL(file, import.meta.url));
    this.#process = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args]);
    this.#ended = once(this.#process, 'close');
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => (this.#errors += text));
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      this.#lastLine = line;
      this.#ready.resolve();
    });
    // The child must not outlive this process, however that ends.
    const kill = (): void => this.kill();
    process.once('exit', kill);
    this.#process.once('close', () => {
      process.off('exit', kill);
      this.#ready.resolve();
    });
  }

  /**
   * Starts the program and waits until it is ready.
   *
   * @throws Where it has failed before.
   */
  static async start(file: string, args: readonly string[] = []): Promise<Child> {
    const child = new Child(file, args);
    await child.#ready.promise;
    child.#requireSuccess();
    return child;
  }

  /** Tells the program to start its work. */
  go(): void {
    this.#process.stdin.write('go\n');
  }

  /** Tells the program to stop, and returns its result. */
  stop<T>(): Promise<T> {
    this.#process.stdin.end();
    return this.result();
  }

  /** Waits for the end of the program, and returns its result. */
  async result<T>(): Promise<T> {
    await this.#ended;
    this.#requireSuccess();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `serve` prints a T
    return JSON.parse(this.#lastLine) as T;
  }

  /** A process that has not ended has not failed. */
  #requireSuccess(): void {
    const { exitCode, signalCode } = this.#process;
    if (signalCode !== null || (exitCode ?? 0) !== 0)
      throw new Error(`A process of the bench failed:\n${this.#errors}`);
  }

  kill(signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' = 'SIGTERM'): void {
    this.#process.kill(signal);
  }
}
