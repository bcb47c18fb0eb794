import { Option } from '@commander-js/extra-typings';

import { SeenConfigError } from '../store/errors.ts';
import {
  defaultSeenStoreOptions,
  resolvePostgresOptions,
  resolveSqliteOptions,
  type PostgresOptions,
  type SqliteOptions,
} from '../store/options.ts';
import { isPostgresUrl, ServerUrl } from '../store/server-url.ts';
import type { CommandContext } from './context.ts';

const { path, schema } = defaultSeenStoreOptions;

/** The option that names the database. */
export const databaseOption = new Option(
  '--database <database>',
  `the database: a file, or postgres://… (default: SEEN_DB_URL, else SEEN_DB_PATH, else ${path}; no .env file is read)`,
);

/** The option that names the tables within a PostgreSQL database. */
export const schemaOption = new Option(
  '--schema <name>',
  `the schema in PostgreSQL (default: SEEN_DB_SCHEMA, else ${schema})`,
);

/** A database as somebody has named it. */
export interface NamedDatabase {
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
}

/**
 * The options of the database that somebody has named.
 *
 * @param option The option or argument that names it, for messages.
 * @throws {SeenConfigError} when it cannot be the name of one. No message shows a password.
 */
export function databaseOf(
  { database, schema: name }: NamedDatabase,
  { env, logger, clock, signal }: Pick<CommandContext, 'env' | 'logger' | 'clock' | 'signal'>,
  option = '--database',
): SqliteOptions | PostgresOptions {
  const url = database ?? (env['SEEN_DB_URL']?.trim() || undefined);
  if (url !== undefined && (database === undefined || isPostgresUrl(url))) {
    const server = ServerUrl.require(database === undefined ? 'SEEN_DB_URL' : option, url);
    const resolved = resolvePostgresOptions({ url, schema: name, logger, clock }, env);
    const serverSetting = database === undefined ? resolved.serverSetting : option;
    return { ...resolved, server, serverSetting, signal };
  }
  if (name !== undefined) throw new SeenConfigError('--schema is for PostgreSQL: a file has none. Leave it out.');
  // Somebody who has named nothing may have meant either.
  const setting = database === undefined ? `${option}, SEEN_DB_URL` : option;
  return resolveSqliteOptions({ path: database, logger, clock }, env, setting);
}
