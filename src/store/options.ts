import { systemClock, type Clock } from './clock.ts';
import { requireFilePath } from './file-path.ts';
import { silentLogger, unfailing, type SeenLogger } from './logger.ts';
import {
  daysOf,
  requireDays,
  requireKnownOptions,
  requirePositive,
  withDefaults,
  type Resolved,
} from './option-checks.ts';

/** Options of a store. One that is undefined counts as left out. */
export interface SeenStoreOptions {
  /**
   * The database file; its folder is created. A relative path counts from the working directory at the time of opening,
   * and links are followed. Default: `SEEN_DB_PATH`, else `data/seen_ids.sqlite`.
   */
  readonly path?: string | undefined;
  /**
   * Days after which an id that no feed lists any more may be forgotten. Only time in which the feed was looked at
   * counts. Fractions are allowed, and `Infinity` forgets nothing. Default: `SEEN_TTL_DAYS` (a number, or `forever`),
   * else 7.
   */
  readonly ttlDays?: number | undefined;
  /** Longest wait of a write for the lock of another process, in milliseconds. It blocks nothing. Default: 30 000. */
  readonly busyTimeoutMs?: number | undefined;
  /** Time between two purges of what has expired, in milliseconds. The first starts at open. Default: one hour. */
  readonly purgeEveryMs?: number | undefined;
  /**
   * Gets every event as `(event, fields)`, for structured logs: see {@link SeenLogger} for an example with pino. One that
   * throws loses its lines, and the first such error becomes a warning of the process.
   *
   * Default: as an option of the plugin, the bot's own logger (`container.logger`), with one line of text an event;
   * otherwise silent.
   */
  readonly logger?: SeenLogger | undefined;
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
}

export interface ResolvedSeenStoreOptions extends Resolved<SeenStoreOptions> {
  /** The name of what set the path, for a message that tells to set it to another. */
  readonly pathSetting: string;
}

/** The defaults of the options of a store. */
export const defaultSeenStoreOptions = {
  path: 'data/seen_ids.sqlite',
  ttlDays: 7,
  busyTimeoutMs: 30_000,
  purgeEveryMs: 3_600_000,
  logger: silentLogger,
  clock: systemClock,
} as const satisfies Required<SeenStoreOptions>;

/** The variable that sets the path. */
const VARIABLE = 'SEEN_DB_PATH';

/**
 * Options, then the environment, then the defaults.
 *
 * @param pathOption The option of the path, in the words of the caller's users. Default: in those of the plugin's.
 * @throws {SeenConfigError} naming the option or the variable that is wrong.
 */
export function resolveSeenStoreOptions(
  options: SeenStoreOptions,
  env: Readonly<Record<string, string | undefined>>,
  pathOption?: string,
): ResolvedSeenStoreOptions {
  requireKnownOptions('openSeenStore', options, Object.keys(defaultSeenStoreOptions));
  const variables = fromEnvironment(env, options);
  const given: Resolved<SeenStoreOptions> = withDefaults(withDefaults(defaultSeenStoreOptions, variables), options);
  const pathSetting = settingOfPath(options.path, variables.path, pathOption ?? 'seen.path (path of openSeenStore)');
  const path = requireFilePath(pathSetting === VARIABLE ? VARIABLE : (pathOption ?? 'path'), given.path);
  const resolved = { ...given, path, pathSetting, logger: unfailing(given.logger, 'a store') };
  requireDays('ttlDays', resolved.ttlDays);
  requirePositive('busyTimeoutMs', resolved.busyTimeoutMs);
  requirePositive('purgeEveryMs', resolved.purgeEveryMs);
  return Object.freeze(resolved);
}

/** A program may pass the variable, or the default, on as the option. */
function settingOfPath(option: string | undefined, variable: string | undefined, name: string): string {
  if (variable !== undefined && (option === undefined || option === variable)) return VARIABLE;
  if (option === undefined || option === defaultSeenStoreOptions.path) return `${name} or ${VARIABLE}`;
  return name;
}

/** A variable that an option overrules is not looked at. */
function fromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  options: SeenStoreOptions,
): SeenStoreOptions {
  const { [VARIABLE]: path, SEEN_TTL_DAYS: days } = env;
  return { path: path?.trim() || undefined, ttlDays: options.ttlDays ?? daysOf('SEEN_TTL_DAYS', days) };
}
