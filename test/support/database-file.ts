import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

import { openSeenStore, type SeenStore } from '../../src/store/index.ts';
import { RecordingLogger } from './recording-logger.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The path of a database that does not exist yet, in a folder of the running test's own. */
export function newDatabasePath(): string {
  return join(temporaryFolder(), 'seen_ids.sqlite');
}

/** A store on this file, closed when the running test ends. */
export async function openStore(path = newDatabasePath(), logger = new RecordingLogger()): Promise<SeenStore> {
  const store = await openSeenStore({ path, logger });
  onTestFinished(() => store.close());
  return store;
}

/** Marks ids in a store on this file, and closes it. */
export async function fillDatabase(path: string, marked: readonly string[]): Promise<void> {
  const store = await openStore(path);
  await store.markSeen(marked);
  await store.close();
}

/** Overwrites everything behind the first page, which holds the schema. */
export function damagePages(path: string): void {
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(size - 4_096, 0xaa), 0, size - 4_096, 4_096);
  closeSync(file);
}
