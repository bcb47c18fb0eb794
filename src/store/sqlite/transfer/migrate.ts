import type { SqliteOptions } from '../../options.ts';
import { connect } from '../file/connection.ts';
import { closeNoted } from '../file/file-note.ts';
import { settlePath } from './target.ts';

/** Makes the file, or brings it up to date. @see migrateDatabase */
export async function migrateSqlite(configured: SqliteOptions): Promise<string> {
  const options = { ...configured, path: await settlePath(configured) };
  const { db, set } = await connect(options);
  closeNoted(db, set, options);
  return options.path;
}
