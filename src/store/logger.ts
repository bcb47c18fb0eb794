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
