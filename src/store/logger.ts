import { types } from 'node:util';

import { reasonOf } from './errors.ts';

/**
 * The log to which the store, the feed and the EDGAR source report what they do.
 *
 * The first argument is the event's name, which stays the same from version to version; the second has its fields, named
 * in snake case. An error is a field as it was thrown, a time is a `Date`. docs/operations.md lists all events.
 *
 * Loggers that expect a text, such as `console` and Sapphire's own, print the fields as an object of many lines: wrap one
 * in `textLogger`.
 *
 * @example
 * ```ts
 * const log = pino({ serializers: { error: pino.stdSerializers.err } });
 * const logger: SeenLogger = {
 *   debug: (event, fields) => log.debug(fields, event),
 *   info: (event, fields) => log.info(fields, event),
 *   warn: (event, fields) => log.warn(fields, event),
 *   error: (event, fields) => log.error(fields, event),
 * };
 * ```
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
 * never come; a feed would lose a post. The logger itself is what would report an error, so the first one becomes a
 * warning of the process.
 *
 * @param owner Whose logger it is, for the warning.
 */
export function unfailing(logger: SeenLogger, owner: string): SeenLogger {
  let hasFailed = false;
  const warn = (error: unknown): void => {
    if (!hasFailed) process.emitWarning(`The logger of ${owner} failed: ${reasonOf(error)}. Log lines may be missing.`);
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
