import type { ILogger, LogLevel } from '@sapphire/framework';
import { pino, type DestinationStream, type Logger } from 'pino';
import type { SeenLogger } from 'sapphire-plugin-seen/store';
import { openDestination } from './log/destination.ts';
import { toLine } from './log/line.ts';
import { createRedactor, type Redactor } from './log/redact.ts';

/** Options of the bot's logger. */
export interface LoggerOptions {
  readonly level: pino.LevelWithSilent;
  readonly format: 'json' | 'pretty';
  /** Texts that no line may contain, such as the bot's token. */
  readonly secrets: readonly string[];
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/** Adapts pino to Sapphire's logger and to this project's: levels have the same numbers in all, arguments differ. */
export class BotLogger implements ILogger, SeenLogger {
  readonly #pino: Logger;
  readonly #redactor: Redactor;

  constructor(logger: Logger, redactor: Redactor) {
    this.#pino = logger;
    this.#redactor = redactor;
  }

  has(level: LogLevel): boolean {
    const asked: number = level;
    return asked >= this.#pino.levelVal;
  }

  trace(...values: readonly unknown[]): void {
    this.#log('trace', values);
  }

  debug(...values: readonly unknown[]): void {
    this.#log('debug', values);
  }

  info(...values: readonly unknown[]): void {
    this.#log('info', values);
  }

  warn(...values: readonly unknown[]): void {
    this.#log('warn', values);
  }

  error(...values: readonly unknown[]): void {
    this.#log('error', values);
  }

  fatal(...values: readonly unknown[]): void {
    this.#log('fatal', values);
  }

  /** Writes a line at the level, or nothing at a level that pino does not have, such as Sapphire's `None`. */
  write(level: LogLevel, ...values: readonly unknown[]): void {
    const asked: number = level;
    const name = LEVELS.find((candidate) => this.#pino.levels.values[candidate] === asked);
    if (name !== undefined) this.#log(name, values);
  }

  #log(level: pino.Level, values: readonly unknown[]): void {
    if (!this.#pino.isLevelEnabled(level)) return;
    const { fields, message } = toLine(values, this.#redactor);
    this.#pino[level](fields, message);
  }
}

/** Creates the bot's logger. Without pino-pretty, the format `pretty` gives a warning and lines of JSON. */
export async function createLogger(options: LoggerOptions): Promise<BotLogger> {
  const { stream, problem } = await openDestination(options.format, options.destination);
  const settings: pino.LoggerOptions = {
    level: options.level,
    timestamp: pino.stdTimeFunctions.isoTime,
    // Errors arrive serialised; pino's own serialiser would take them for errors and do it again, badly.
    serializers: { err: (error: unknown) => error },
  };
  const logger = new BotLogger(pino(settings, stream), createRedactor(options.secrets));
  if (problem !== undefined) {
    const hint = 'LOG_FORMAT=pretty needs the package pino-pretty: npm install pino-pretty. Lines are JSON until then.';
    logger.warn('log_format_unavailable', { format: options.format, hint, error: problem });
  }
  return logger;
}
