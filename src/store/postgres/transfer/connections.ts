import type { PostgresOptions } from '../../options.ts';
import { connect, type Connected } from '../server/connect.ts';
import { readVersion, SCHEMA_VERSION } from '../server/migrations.ts';
import { requireServer, upgradeSchema } from '../server/require-server.ts';
import type { Session } from '../session.ts';

/** The name by which the connections of a transfer are told from those of a bot. */
const TRANSFER_NAME = 'sapphire-plugin-seen transfer';

/**
 * Connects to a database that has a store already. Nothing in it is changed.
 *
 * @throws {SeenStoreOpenError} when it cannot be reached, has no store, or is of another version.
 */
export function connectToExisting(options: PostgresOptions): Promise<Connected> {
  return connect(options, { name: TRANSFER_NAME, require: requireStore });
}

/**
 * Connects to a database, making the schema or bringing it up to date as needed.
 *
 * @throws {SeenStoreOpenError} when it cannot be reached, or not hold a store.
 */
export function connectOrCreate(options: PostgresOptions): Promise<Connected> {
  return connect(options, { name: TRANSFER_NAME, require: requireServer, upgrade: upgradeSchema });
}

async function requireStore(session: Session, schema: string): Promise<number> {
  const version = await readVersion(session, schema);
  if (version === SCHEMA_VERSION) return version;
  if (version === 0) throw new Error(`it has no store in its schema "${schema}". Name another database, or --schema`);
  const age = version > SCHEMA_VERSION ? 'a newer version of this package has made it. Update this one' : undefined;
  throw new Error(age ?? 'an older version of this package has made it. Run "seen migrate" on it first');
}
