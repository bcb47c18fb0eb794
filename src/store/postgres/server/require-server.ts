import type { Session } from '../session.ts';
import { migrate, readVersion, SCHEMA_VERSION } from './migrations.ts';
import { makingTables, requirePrivileges, usingSchema } from './privileges.ts';

/** The oldest PostgreSQL that the store's statements are tested on, as it numbers its versions. */
const OLDEST_VERSION = 140_000;

interface ServerRow {
  readonly number: number;
  readonly name: string;
  readonly encoding: string;
}

/**
 * Makes sure that the server can hold the store, and that a schema which is up to date can be used. Nothing is written,
 * so that a role with few rights suffices.
 *
 * @returns The version of the schema.
 * @throws An error whose message ends the sentence that the store could not be opened.
 */
export async function requireServer(session: Session, schema: string): Promise<number> {
  const server = await session.oneRow<ServerRow>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS name,
       current_setting('server_encoding') AS encoding`,
  );
  const { number, name, encoding } = server;
  if (number < OLDEST_VERSION) throw new Error(`it is PostgreSQL ${name}, and 14 is the oldest that works`);
  if (encoding !== 'UTF8')
    throw new Error(
      `its encoding is ${encoding}, which lacks characters that feeds use. Make a database with another: CREATE DATABASE … ` +
        "ENCODING 'UTF8' TEMPLATE template0",
    );
  return requireSchema(session, schema);
}

async function requireSchema(session: Session, schema: string): Promise<number> {
  const version = await usingSchema(schema, () => readVersion(session, schema));
  if (version > SCHEMA_VERSION)
    throw new Error(
      `its schema "${schema}" was made by a newer sapphire-plugin-seen (${version} steps; this one knows ` +
        `${SCHEMA_VERSION}). Update this program`,
    );
  if (version === SCHEMA_VERSION) await usingSchema(schema, () => requirePrivileges(session, schema));
  return version;
}

/**
 * Makes the schema, or brings it up to date.
 *
 * @throws An error whose message ends the sentence that the store could not be opened.
 */
export function upgradeSchema(session: Session, schema: string): Promise<number> {
  return makingTables(schema, () => migrate(session, schema));
}
