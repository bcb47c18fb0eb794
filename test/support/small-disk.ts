import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

import { requirement } from './requirement.ts';
import { temporaryFolder } from './temporary-folder.ts';

function mountSmallDisk(folder: string, megabytes: number): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]).status === 0;
}

function unmount(folder: string): void {
  spawnSync('umount', ['-l', folder]);
}

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'seen-'));
  const mounted = mountSmallDisk(folder, 1);
  if (mounted) unmount(folder);
  rmdirSync(folder);
  return mounted;
}

/** The right to mount a disk. */
export const smallDisks = requirement(mayMount(), 'no right to mount a disk');

/** A real disk that a test can fill. */
export class SmallDisk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Needs `smallDisks`. @param megabytes Its size. */
  static mount(megabytes: number): SmallDisk {
    const folder = join(temporaryFolder(), 'disk');
    mkdirSync(folder);
    if (!mountSmallDisk(folder, megabytes)) throw new Error(`No disk could be mounted at ${folder}.`);
    onTestFinished(() => unmount(folder));
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

  /** Turns it read-only, which needs that nobody has a file on it open for writing. */
  makeReadOnly(): void {
    this.#remount('ro');
  }

  makeWritable(): void {
    this.#remount('rw');
  }

  #remount(mode: 'ro' | 'rw'): void {
    const { status, stderr } = spawnSync('mount', ['-o', `remount,${mode}`, this.folder], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`The disk could not be mounted anew: ${stderr}`);
  }

  /** Gives it back. */
  free(): void {
    rmSync(join(this.folder, 'filler'));
  }
}
