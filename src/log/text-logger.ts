import type { SeenLogger } from '../store/logger.ts';
import { textLine } from './text-line.ts';

/** A logger for people: Sapphire's, for example, or `console`. */
export interface TextTarget {
  debug(line: string): unknown;
  info(line: string): unknown;
  warn(line: string): unknown;
  error(line: string): unknown;
  /** False for a level, a number of Sapphire's `LogLevel`, that is not shown: its lines are not made then. */
  has?(level: number): boolean;
}

/** The numbers of Sapphire's `LogLevel`, which a program without Sapphire does not load. */
const levels = { debug: 20, info: 30, warn: 40, error: 50 } as const;

/**
 * Writes each event as one line of text, and nothing else: the event's name, and its fields as `name=value`.
 *
 * @example
 * ```ts
 * const store = await openSeenStore({ logger: textLogger(console) }); // seen_store_initialized path=… wal_mode=wal
 * ```
 */
export function textLogger(target: TextTarget): SeenLogger {
  const write = (level: keyof typeof levels, event: string, fields?: object): unknown =>
    target.has?.(levels[level]) === false ? undefined : target[level](textLine(event, fields));
  return {
    debug: (event, fields) => write('debug', event, fields),
    info: (event, fields) => write('info', event, fields),
    warn: (event, fields) => write('warn', event, fields),
    error: (event, fields) => write('error', event, fields),
  };
}
