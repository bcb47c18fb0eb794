import type { BackupOptions, BackupResult } from '../../contract/backup.ts';
import type { NotedFile } from '../file/file-note.ts';
import { copyDatabase } from './copy-database.ts';
import { openSnapshot } from './snapshot.ts';

/** Backs up a database as it is now, whoever writes to it meanwhile. */
export async function backupFile(database: NotedFile, path: string, options: BackupOptions): Promise<BackupResult> {
  const snapshot = openSnapshot(database);
  try {
    return await copyDatabase(snapshot, path, options);
  } finally {
    snapshot.close();
  }
}
