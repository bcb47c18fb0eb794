import { systemClock, type Clock } from './clock.ts';
import { requireFilePath } from './file-path.ts';
import { silentLogger, unfailing, type SeenLogger } from './logger.ts';
import { daysOf, requireDays, requirePositive, withDefaults, type Resolved } from './option-checks.ts';

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
  /** Default: silent. One that throws loses its lines, and the first such error becomes a warning of the process. */
  readonly logger?: SeenLogger | undefined;
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
}

export type ResolvedSeenStoreOptions = Resolved<SeenStoreOptions>;

/** The defaults of the options of a store. */
export const defaultSeenStoreOptions = {
  path: 'data/seen_ids.sqlite',
  ttlDays: 7,
  busyTimeoutMs: 30_000,
  purgeEveryMs: 3_600_000,
  logger: silentLogger,
  clock: systemClock,
} as const satisfies Required<SeenStoreOptions>;

/**
 * Options, then the environment, then the defaults.
 *
 * @throws {SeenConfigError} naming the option or the variable that is wrong.
 */
export function resolveSeenStoreOptions(
  options: SeenStoreOptions,
  env: Readonly<Record<string, string | undefined>>,
): ResolvedSeenStoreOptions {
  const given: ResolvedSeenStoreOptions = withDefaults(
    withDefaults(defaultSeenStoreOptions, fromEnvironment(env, options)),
    options,
  );
  const path = requireFilePath(options.path === undefined ? 'SEEN_DB_PATH' : 'path', given.path);
  const resolved = { ...given, path, logger: unfailing(given.logger) };
  requireDays('ttlDays (SEEN_TTL_DAYS)', resolved.ttlDays);
  requirePositive('busyTimeoutMs', resolved.busyTimeoutMs);
  requirePositive('purgeEveryMs', resolved.purgeEveryMs);
  return Object.freeze(resolved);
}

/** A variable that an option overrules is not looked at. */
function fromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  options: SeenStoreOptions,
): SeenStoreOptions {
  const { SEEN_DB_PATH: path, SEEN_TTL_DAYS: days } = env;
  return { path: path?.trim() || undefined, ttlDays: options.ttlDays ?? daysOf('SEEN_TTL_DAYS', days) };
}
