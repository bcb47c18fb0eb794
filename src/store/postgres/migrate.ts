import type { PostgresOptions } from '../options.ts';
import { connect } from './server/connect.ts';
import { SCHEMA_VERSION } from './server/migrations.ts';

/** The versions of a schema. A version is the number of migrations that were made in it. */
export interface MigrationResult {
  /** The version before; 0 for a schema that was not there. */
  readonly from: number;
  readonly to: number;
  /** The database as a person would look for it, without its user and password. */
  readonly location: string;
}

export async function migratePostgres(options: PostgresOptions): Promise<MigrationResult> {
  const { connections, location, versionBefore } = await connect(options);
  await connections.close();
  return { from: versionBefore, to: SCHEMA_VERSION, location };
}
