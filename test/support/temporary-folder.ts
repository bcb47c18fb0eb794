import { existsSync, mkdtempSync, realpathSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 1024 ** 3;

/**
 * In memory, where the system has room: nothing here outlives its test, so that no test need wait for a disk. With
 * `TMPDIR` in the environment, the tests run there.
 */
const parent = process.env['TMPDIR'] === undefined && hasRoom(MEMORY) ? MEMORY : tmpdir();

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= ENOUGH_BYTES;
}

/** A folder of the running test's own, gone when the test ends. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(parent, 'seen-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
