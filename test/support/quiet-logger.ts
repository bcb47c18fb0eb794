import { LogLevel, type ILogger } from '@sapphire/framework';

import type { SeenLogger } from '../../src/store/logger.ts';

export interface Line {
  readonly level: LogLevel;
  readonly values: readonly unknown[];
}

/** Sapphire's logger, which keeps what is logged and shows nothing. */
export class QuietLogger implements ILogger, SeenLogger {
  readonly lines: Line[] = [];

  has(): boolean {
    return true;
  }

  trace(...values: readonly unknown[]): void {
    this.write(LogLevel.Trace, ...values);
  }

  debug(...values: readonly unknown[]): void {
    this.write(LogLevel.Debug, ...values);
  }

  info(...values: readonly unknown[]): void {
    this.write(LogLevel.Info, ...values);
  }

  warn(...values: readonly unknown[]): void {
    this.write(LogLevel.Warn, ...values);
  }

  error(...values: readonly unknown[]): void {
    this.write(LogLevel.Error, ...values);
  }

  fatal(...values: readonly unknown[]): void {
    this.write(LogLevel.Fatal, ...values);
  }

  write(level: LogLevel, ...values: readonly unknown[]): void {
    this.lines.push({ level, values });
  }

  /** The first values of the lines, the events of our own, at this level or above. */
  events(from = LogLevel.Info): unknown[] {
    return this.lines.filter(({ level }) => level >= from).map(({ values }) => values[0]);
  }
}
