import { BotProcess, type BotLine } from '../../demo/bot-process.ts';
import { botFile } from './program-file.ts';

/** The real bot in a process of its own, with everything that it has logged. */
export class RunningBot {
  readonly lines: BotLine[] = [];
  readonly #process: BotProcess;
  readonly #watchers = new Set<() => void>();

  constructor(variables: Readonly<Record<string, string>>) {
    this.#process = new BotProcess(variables, botFile());
    this.#process.onLine((line) => {
      this.lines.push(line);
      for (const look of this.#watchers) look();
    });
  }

  /** The lines of an event so far. */
  of(event: string): BotLine[] {
    return this.lines.filter(({ msg }) => msg === event);
  }

  /** Resolves with the latest line of the event once there are `count`. @throws When the bot ends before. */
  async line(event: string, count = 1): Promise<BotLine> {
    return this.until(() => this.of(event)[count - 1], event);
  }

  /** Resolves with what `look`, which is asked after every line, finds. @throws When the bot ends before. */
  async until<Found>(look: () => Found | undefined, what: string): Promise<Found> {
    const { promise, resolve } = Promise.withResolvers<Found>();
    const watcher = (): void => {
      const found = look();
      if (found !== undefined) resolve(found);
    };
    this.#watchers.add(watcher);
    try {
      watcher();
      return await Promise.race([promise, this.#end(what)]);
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  /** Resolves with the message that says how the bot ended, of itself. */
  async ended(): Promise<string> {
    return this.#end('the end').catch((error: unknown) => String(error));
  }

  /** Asks the bot to end, as an operator would, and returns its exit code. */
  stop(): Promise<number | null> {
    return this.#process.stop();
  }

  async #end(what: string): Promise<never> {
    await this.#process.nextLine(`no line, for whoever waits for ${what}`);
    throw new Error('unreachable');
  }
}
