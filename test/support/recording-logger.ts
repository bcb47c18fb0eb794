import type { SeenLogger } from '../../src/store/logger.ts';

export interface LogLine {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Keeps what was logged, for a test to look at. */
export class RecordingLogger implements SeenLogger {
  readonly lines: LogLine[] = [];

  debug(event: string, fields?: object): void {
    this.record('debug', event, fields);
  }

  info(event: string, fields?: object): void {
    this.record('info', event, fields);
  }

  warn(event: string, fields?: object): void {
    this.record('warn', event, fields);
  }

  error(event: string, fields?: object): void {
    this.record('error', event, fields);
  }

  /** The lines of one event, in order. */
  of(event: string): LogLine[] {
    return this.lines.filter((line) => line.event === event);
  }

  protected record(level: LogLine['level'], event: string, fields: object = {}): void {
    this.lines.push({ level, event, fields: { ...fields } });
  }
}
