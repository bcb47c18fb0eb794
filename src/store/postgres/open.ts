import type { Backend } from '../backend.ts';
import type { PostgresOptions } from '../options.ts';
import { Database } from './database.ts';
import { Presence } from './presence.ts';
import { postgresReads } from './reads/index.ts';
import { connect } from './server/connect.ts';
import { sizesOf } from './sizes.ts';
import { postgresWrites } from './writes/index.ts';

/**
 * The port on PostgreSQL, but for backups, which are files of the other backend. Several machines may share the
 * database: its clock decides leases.
 */
export async function openPostgres(options: PostgresOptions): Promise<Omit<Backend, 'backup'>> {
  const { logger, hidesPath } = options;
  const { connections, location } = await connect(options);
  const database = new Database(connections, location, options);
  const presence = await begin(database);
  if (hidesPath) logger.info('seen_store_path_unused', { location, reason: 'SEEN_DB_PATH is set, and not used' });
  return {
    name: 'postgres',
    location,
    openedFields: { location },
    reads: postgresReads(database),
    writes: postgresWrites(database),
    sizes: sizesOf(database),
    close: async () => {
      // It is under way when the database closes, which gives it a moment.
      await Promise.all([presence.end(), database.close()]);
      logger.info('seen_store_connection_closed', { location });
    },
  };
}

async function begin(database: Database): Promise<Presence> {
  try {
    return await Presence.begin(database);
  } catch (error) {
    await database.close();
    throw error;
  }
}
