import { LogLevel, type ILogger } from '@sapphire/framework';

import { RecordingLogger, type LogLine } from './recording-logger.ts';

const levels = {
  trace: LogLevel.Trace,
  debug: LogLevel.Debug,
  info: LogLevel.Info,
  warn: LogLevel.Warn,
  error: LogLevel.Error,
  fatal: LogLevel.Fatal,
} as const satisfies Record<LogLine['level'], LogLevel>;

/** Sapphire's logger, which shows nothing and keeps every line for a test to look at. */
export class QuietLogger extends RecordingLogger implements ILogger {
  has(): boolean {
    return true;
  }

  trace(event: string, fields?: object): void {
    this.record('trace', event, fields);
  }

  fatal(event: string, fields?: object): void {
    this.record('fatal', event, fields);
  }

  write(level: LogLevel, event: string, fields?: object): void {
    const name = (Object.keys(levels) as LogLine['level'][]).find((one) => levels[one] === level);
    if (name !== undefined) this.record(name, event, fields);
  }

  /** The events at this level or above, in order. */
  events(from = LogLevel.Info): string[] {
    return this.lines.filter(({ level }) => levels[level] >= from).map(({ event }) => event);
  }
}
