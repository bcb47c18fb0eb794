import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

import { requirement } from './requirement.ts';

const chattr = (flag: '+i' | '-i', file: string): boolean => spawnSync('chattr', [flag, file]).status === 0;

/** A folder on a disk: in memory, a file that is frozen can still be written to by whoever has it open. */
function diskFolder(): string {
  return mkdtempSync(join(tmpdir(), 'seen-'));
}

function mayFreeze(): boolean {
  const folder = diskFolder();
  const name = join(folder, 'file');
  const file = openSync(name, 'w');
  const frozen = chattr('+i', name);
  try {
    return frozen && writeSync(file, 'x') === 0;
  } catch {
    return true;
  } finally {
    closeSync(file);
    chattr('-i', name);
    rmSync(folder, { recursive: true });
  }
}

/** The right to freeze files, and a disk on which this holds for those who have them open. */
export const freezing = requirement(mayFreeze(), 'no right to freeze a file, or a disk that does not heed it');

/**
 * A folder of the running test's own, on a disk. Its files turn read-only for all who have them open. One that is mapped
 * into memory, such as SQLite's `-shm`, must not be frozen: the system ends whoever writes to it.
 */
export class FreezingFolder {
  readonly folder = diskFolder();
  readonly #frozen = new Set<string>();

  /** Needs `freezing`. */
  constructor() {
    onTestFinished(() => {
      this.thaw();
      rmSync(this.folder, { recursive: true });
    });
  }

  freeze(...files: readonly string[]): void {
    for (const file of files) {
      if (!chattr('+i', file)) throw new Error(`${file} could not be frozen.`);
      this.#frozen.add(file);
    }
  }

  thaw(): void {
    for (const file of this.#frozen) chattr('-i', file);
    this.#frozen.clear();
  }
}
