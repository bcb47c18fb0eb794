import type { ReadableBackend } from '../backend.ts';
import type { PostgresOptions } from '../options.ts';
import { Database } from './database.ts';
import { postgresReads } from './reads/index.ts';
import { sizesOf } from './sizes.ts';
import { connectToExisting } from './transfer/connections.ts';

/**
 * Opens a database to ask it. Nothing in it is changed.
 *
 * @throws {SeenStoreOpenError} when it cannot be reached, has no store, or is of another version.
 */
export async function openPostgresReader(options: PostgresOptions): Promise<ReadableBackend> {
  const { connections, location } = await connectToExisting(options);
  const database = new Database(connections, location, options);
  return {
    name: 'postgres',
    location,
    reads: postgresReads(database),
    sizes: sizesOf(database),
    close: () => database.close(),
  };
}
