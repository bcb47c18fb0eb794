import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

import { temporaryFolder } from './temporary-folder.ts';

/** A real disk that a test can fill. Undefined where this user may not mount one. */
export class SmallDisk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param megabytes Its size. */
  static mount(megabytes: number): SmallDisk | undefined {
    const folder = join(temporaryFolder(), 'disk');
    mkdirSync(folder);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
    if (mounted.status !== 0) return undefined;
    onTestFinished(() => void spawnSync('umount', ['-l', folder]));
    return new SmallDisk(folder);
  }

  /** Takes all the room that is left. */
  fill(): void {
    const block = Buffer.alloc(4_096);
    try {
      for (;;) writeFileSync(join(this.folder, 'filler'), block, { flag: 'a' });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    }
  }

  /** Gives it back. */
  free(): void {
    rmSync(join(this.folder, 'filler'));
  }
}
