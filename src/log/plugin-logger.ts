import { container, Logger, LogLevel, type SapphireClient } from '@sapphire/framework';

import { unfailing, type SeenLogger } from '../store/logger.ts';
import { textLogger, type TextTarget } from './text-logger.ts';

const OWNER = 'the plugin';

/** The loggers that were made, by the one that each writes to: a failing one is to be warned of once. */
const structured = new WeakMap<object, SeenLogger>();
const textual = new WeakMap<object, SeenLogger>();

/** Outside of a Sapphire bot. */
const standalone = new Logger(LogLevel.Info);

/**
 * The logger of the plugin, of its command and of its feeds: the client's option `seen.logger`, which gets events with
 * their fields; else the client's own logger, which is Sapphire's, with one line of text an event. It never fails.
 *
 * Use it for what a bot does beside its feeds, so that everything looks alike.
 *
 * @param client Default: the client that was created last.
 * @example
 * ```ts
 * pluginLogger().info('news_fetched', { feed: 'news', items: items.length }); // [INFO] news_fetched feed=news items=20
 * ```
 */
export function pluginLogger(client: Pick<SapphireClient, 'options'> | undefined = container.client): SeenLogger {
  const given = client?.options.seen?.logger;
  // The login refuses one that is none.
  if (given !== undefined && isObject(given)) return cached(structured, given, (target) => target);
  return cached<TextTarget>(textual, ownLogger(client), textLogger);
}

/** The client's own logger: `container.logger`, which a bot may replace, is that of the client that was created last. */
function ownLogger(client: Pick<SapphireClient, 'options'> | undefined): TextTarget {
  const { logger = standalone } = container as Partial<typeof container>;
  if (client === undefined || client === container.client) return logger;
  return (client as Partial<SapphireClient>).logger ?? logger;
}

function isObject(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function cached<Target extends object>(
  made: WeakMap<object, SeenLogger>,
  target: Target,
  make: (target: Target) => SeenLogger,
): SeenLogger {
  const logger = made.get(target) ?? unfailing(make(target), OWNER);
  made.set(target, logger);
  return logger;
}
