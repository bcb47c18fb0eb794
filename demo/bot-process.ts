import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The bot that the last build made. */
const built = new URL('../dist/esm/bot/main.js', import.meta.url);

/** Number of the bot's last lines that an error shows. */
const SHOWN_LINES = 20;

export type BotLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** The real bot in a process of its own, and the lines that it logs. */
export class BotProcess {
  readonly #child: ChildProcess;
  readonly #events = new EventEmitter();
  readonly #exited: Promise<number | null>;
  readonly #lines: string[] = [];

  /**
   * @param variables The bot's whole environment, except for the PATH and Node's cache of compiled modules.
   * @param program Its main module. Default: the one that the last build made.
   */
  constructor(variables: Readonly<Record<string, string>>, program = built) {
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    this.#child = spawn(process.execPath, [fileURLToPath(program)], {
      env: { PATH, NODE_COMPILE_CACHE, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#exited = once(this.#child, 'exit').then(([code]: (number | null)[]) => code ?? null);
    // The bot must not outlive this process, however that ends.
    const kill = (): boolean => this.#child.kill();
    process.once('exit', kill);
    this.#child.once('exit', () => process.off('exit', kill));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#receive(line));
    }
  }

  /** Calls the listener for every line of the log. */
  onLine(listener: (line: BotLine) => void): void {
    this.#events.on('line', listener);
  }

  /**
   * Resolves with the next line that has this message.
   *
   * @throws With the bot's last lines when the bot ends before.
   */
  async nextLine(msg: string): Promise<BotLine> {
    const over = new AbortController();
    try {
      const ended = this.#exited.then((code) => {
        throw new Error(`The bot ended with exit code ${code} before "${msg}". Its last lines:\n${this.#tail()}`);
      });
      const [line] = await Promise.race([once(this.#events, `line ${msg}`, { signal: over.signal }), ended]);
      return line as BotLine;
    } finally {
      over.abort();
    }
  }

  /** Asks the bot to end, as an operator would, and returns its exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.#exited;
  }

  #receive(text: string): void {
    this.#lines.push(text);
    if (this.#lines.length > SHOWN_LINES) this.#lines.shift();
    const line = parseLine(text);
    if (line === undefined) return;
    this.#events.emit('line', line);
    this.#events.emit(`line ${line.msg}`, line);
  }

  #tail(): string {
    return this.#lines.map((line) => `  ${line}`).join('\n');
  }
}

function parseLine(text: string): BotLine | undefined {
  if (!text.startsWith('{')) return undefined;
  const line: unknown = JSON.parse(text);
  return typeof line === 'object' && line !== null && 'msg' in line ? (line as BotLine) : undefined;
}
