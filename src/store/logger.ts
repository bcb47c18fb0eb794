import { types } from 'node:util';

import { reasonOf } from './errors.ts';

/**
 * Where the store, the feed and the EDGAR source report what they do.
 *
 * The first argument is the event's name, the second its fields. Sapphire's `ILogger`, `console` and the bot's pino
 * logger all fit.
 */
export interface SeenLogger {
  debug(event: string, fields?: object): void;
  info(event: string, fields?: object): void;
  warn(event: string, fields?: object): void;
  error(event: string, fields?: object): void;
}

/** The default: says nothing. */
export const silentLogger: SeenLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/**
 * A logger that cannot fail.
 *
 * The store logs from handlers of events, where an error would end the process, and on its way to an answer, which would
 * never come. The logger itself is what would report an error, so the first one becomes a warning of the process.
 */
export function unfailing(logger: SeenLogger): SeenLogger {
  let hasFailed = false;
  const warn = (error: unknown): void => {
    if (!hasFailed) process.emitWarning(`The logger of a store failed: ${reasonOf(error)}. Log lines may be missing.`);
    hasFailed = true;
  };
  const call = (level: keyof SeenLogger, line: Parameters<SeenLogger['info']>): void => {
    try {
      const pending: unknown = logger[level](...line);
      if (types.isPromise(pending)) pending.catch(warn);
    } catch (error) {
      warn(error);
    }
  };
  return {
    debug: (...line) => call('debug', line),
    info: (...line) => call('info', line),
    warn: (...line) => call('warn', line),
    error: (...line) => call('error', line),
  };
}
