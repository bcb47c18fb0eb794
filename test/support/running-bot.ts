import type { BotLine } from '../../demo/bot-process.ts';

/** A bot that runs, in a process of its own or in this one. */
export interface StartedBot {
  /** Calls the listener for every line of the log. */
  onLine(listener: (line: BotLine) => void): void;
  /** Resolves with the message that says how the bot ended. */
  ended(): Promise<string>;
  /** Asks the bot to end, as an operator would, and returns its exit code. */
  stop(): Promise<number | null>;
}

/** The real bot, with everything that it has logged. */
export class RunningBot {
  readonly lines: BotLine[] = [];
  readonly #bot: StartedBot;
  readonly #watchers = new Set<() => void>();

  constructor(bot: StartedBot) {
    this.#bot = bot;
    bot.onLine((line) => {
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
      return await Promise.race([promise, this.#endBefore(what)]);
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  /** Resolves with the message that says how the bot ended, of itself. */
  async ended(): Promise<string> {
    return this.#bot.ended();
  }

  /** Asks the bot to end, as an operator would, and returns its exit code. */
  stop(): Promise<number | null> {
    return this.#bot.stop();
  }

  async #endBefore(what: string): Promise<never> {
    throw new Error(`While ${what} was waited for: ${await this.#bot.ended()}`);
  }
}
