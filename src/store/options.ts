import { systemClock, type Clock } from './clock.ts';
import { SeenConfigError } from './errors.ts';
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
import { requirePool, type PostgresPool } from './postgres-pool.ts';
import { requireSchemaName } from './schema-name.ts';
import { ServerUrl } from './server-url.ts';

/** Options of a store. One that is undefined counts as left out. */
export interface SeenStoreOptions {
  /**
   * The database file; its folder is created. A relative path counts from the working directory at the time of opening,
   * and links are followed. Default: `SEEN_DB_PATH`, else `data/seen_ids.sqlite`.
   */
  readonly path?: string | undefined;
  /**
   * A PostgreSQL database in place of a file, as `postgres://user:password@host:5432/database`, for bots on several
   * machines. It needs the package `pg`. Default: `SEEN_DB_URL`, else the file.
   */
  readonly url?: string | undefined;
  /** A pool of the package `pg` in place of the URL, where the bot has one of its own. It is never ended by the store. */
  readonly pool?: PostgresPool | undefined;
  /** The schema that has the store's tables in PostgreSQL. Default: `SEEN_DB_SCHEMA`, else `seen`. */
  readonly schema?: string | undefined;
  /**
   * Days after which an id that no feed lists any more may be forgotten. Only time in which the feed was looked at
   * counts. Fractions are allowed, and `Infinity` forgets nothing. Default: `SEEN_TTL_DAYS` (a number, or `forever`),
   * else 7.
   */
  readonly ttlDays?: number | undefined;
  /**
   * Longest wait of an operation for the lock of another process, or for a server that cannot be reached, in
   * milliseconds. It blocks nothing. Default: 30 000.
   */
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

/** The options that every backend has. */
export interface StoreOptions extends Resolved<
  Pick<SeenStoreOptions, 'ttlDays' | 'busyTimeoutMs' | 'purgeEveryMs' | 'logger' | 'clock'>
> {}

/** The options of a store in a SQLite file. */
export interface SqliteOptions extends StoreOptions {
  readonly path: string;
  /** The name of what set the path, for a message that tells to set it to another. */
  readonly pathSetting: string;
  /** True where `SEEN_DB_URL` is set as well, and not used, since the path was given as an option. */
  readonly hidesUrl: boolean;
}

/** The options of a store in PostgreSQL. */
export interface PostgresOptions extends StoreOptions {
  /** The server: its URL, or a pool that somebody else ends. */
  readonly server: ServerUrl | PostgresPool;
  readonly schema: string;
  /** The name of what set the server, for a message that tells to set it to another. */
  readonly serverSetting: string;
  /** True when a file is named as well, by a variable that a bot keeps that has moved. */
  readonly hidesPath: boolean;
  /** Ends the wait for a server that cannot be reached yet. Default: nothing does, but `busyTimeoutMs`. */
  readonly signal?: AbortSignal | undefined;
}

/** The defaults of the options of a store. */
export const defaultSeenStoreOptions = {
  path: 'data/seen_ids.sqlite',
  schema: 'seen',
  ttlDays: 7,
  busyTimeoutMs: 30_000,
  purgeEveryMs: 3_600_000,
  logger: silentLogger,
  clock: systemClock,
} as const satisfies Omit<Required<SeenStoreOptions>, 'url' | 'pool'>;

/** The names of the options of a store. */
export const seenStoreOptionNames: readonly string[] = [...Object.keys(defaultSeenStoreOptions), 'url', 'pool'];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Options, then the environment, then the defaults.
 *
 * @throws {SeenConfigError} naming the option or the variable that is wrong.
 */
export function resolveSeenStoreOptions(options: SeenStoreOptions, env: Environment): SqliteOptions | PostgresOptions {
  requireKnownOptions('openSeenStore', options, seenStoreOptionNames);
  const { path, url, pool } = options;
  if ([path, url, pool].filter((given) => given !== undefined).length > 1)
    throw new SeenConfigError('path, url and pool each name a database: give one of them.');
  const isServer = pool !== undefined || url !== undefined || (path === undefined && urlOf(env) !== undefined);
  return isServer ? resolvePostgresOptions(options, env) : resolveSqliteOptions(options, env);
}

/**
 * The options of a store in PostgreSQL, whatever the environment says of files.
 *
 * @throws {SeenConfigError} naming the option or the variable that is wrong, or where neither names a server.
 */
export function resolvePostgresOptions(options: SeenStoreOptions, env: Environment): PostgresOptions {
  const hidesPath = Boolean(env[PATH_VARIABLE]?.trim());
  return Object.freeze({ ...storeOptions(options, env), ...serverSettings(options, env), hidesPath });
}

/**
 * The options of a store in a file, whatever the environment says of servers.
 *
 * @param pathOption The option of the path, in the words of the caller's users. Default: in those of the plugin's.
 * @throws {SeenConfigError} naming the option or the variable that is wrong.
 */
export function resolveSqliteOptions(options: SeenStoreOptions, env: Environment, pathOption?: string): SqliteOptions {
  const variable = env[PATH_VARIABLE]?.trim() || undefined;
  const pathSetting = settingOfPath(options.path, variable, pathOption ?? 'seen.path (path of openSeenStore)');
  const given = options.path === undefined ? (variable ?? defaultSeenStoreOptions.path) : options.path;
  const path = requireFilePath(pathSetting === PATH_VARIABLE ? PATH_VARIABLE : (pathOption ?? 'path'), given);
  const hidesUrl = options.path !== undefined && urlOf(env) !== undefined;
  return Object.freeze({ ...storeOptions(options, env), path, pathSetting, hidesUrl });
}

/** The variable that sets the path. */
const PATH_VARIABLE = 'SEEN_DB_PATH';
/** The variables that set the server and the schema. */
const URL_VARIABLE = 'SEEN_DB_URL';
const SCHEMA_VARIABLE = 'SEEN_DB_SCHEMA';

function storeOptions(options: SeenStoreOptions, env: Environment): StoreOptions {
  const { ttlDays, busyTimeoutMs, purgeEveryMs, logger, clock } = withDefaults(defaultSeenStoreOptions, {
    ...options,
    ttlDays: options.ttlDays ?? daysOf('SEEN_TTL_DAYS', env['SEEN_TTL_DAYS']),
  });
  requireDays('ttlDays', ttlDays);
  requirePositive('busyTimeoutMs', busyTimeoutMs);
  requirePositive('purgeEveryMs', purgeEveryMs);
  return { ttlDays, busyTimeoutMs, purgeEveryMs, logger: unfailing(logger, 'a store'), clock };
}

function urlOf(env: Environment): string | undefined {
  return env[URL_VARIABLE]?.trim() || undefined;
}

function serverSettings(
  { pool, url, schema }: SeenStoreOptions,
  env: Environment,
): Pick<PostgresOptions, 'server' | 'serverSetting' | 'schema'> {
  const schemaOfEnv = env[SCHEMA_VARIABLE]?.trim() || undefined;
  const named = schema ?? schemaOfEnv ?? defaultSeenStoreOptions.schema;
  const schemaName = requireSchemaName(schema === undefined ? SCHEMA_VARIABLE : 'schema', named);
  if (pool !== undefined) {
    requirePool(pool);
    return { server: pool, serverSetting: 'seen.pool (pool of openSeenStore)', schema: schemaName };
  }
  const variable = urlOf(env);
  if (url === undefined && variable === undefined)
    throw new SeenConfigError(`${URL_VARIABLE} (url) is not set. Set it to the URL of a PostgreSQL database.`);
  // A program may pass the variable on as the option.
  const isVariable = url === undefined || url === variable;
  return {
    server: ServerUrl.require(isVariable ? URL_VARIABLE : 'url', url ?? variable),
    serverSetting: isVariable ? URL_VARIABLE : 'seen.url (url of openSeenStore)',
    schema: schemaName,
  };
}

/** A program may pass the variable, or the default, on as the option. */
function settingOfPath(option: string | undefined, variable: string | undefined, name: string): string {
  if (variable !== undefined && (option === undefined || option === variable)) return PATH_VARIABLE;
  if (option === undefined || option === defaultSeenStoreOptions.path) return `${name} or ${PATH_VARIABLE}`;
  return name;
}
