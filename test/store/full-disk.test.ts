import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

import { temporaryFolder } from '../temporary-folder.ts';

const program = fileURLToPath(new URL('writing-process.ts', import.meta.url));

function mountSmallDisk(): string | undefined {
  const folder = join(temporaryFolder(), 'disk');
  mkdirSync(folder);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status !== 0) return undefined;
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return folder;
}

function runOn(path: string): { stdout: string; status: number | null } {
  return spawnSync(process.execPath, [program, path, '5000'], { encoding: 'utf8' });
}

describe('a disk that is really full', () => {
  test('at the start, the error says so', ({ skip }) => {
    const disk = mountSmallDisk() ?? skip('needs the right to mount a small disk');
    writeFileSync(join(disk, 'filler'), Buffer.alloc(1_048_576));
    const { stdout, status } = runOn(join(disk, 'seen.sqlite'));
    expect(stdout).toMatch(/^SEEN_STORE_OPEN: .*(disk is full|disk failed)/);
    expect(status).toBe(1);
  });

  test('later, the mark that did not fit is refused with the reason', ({ skip }) => {
    const disk = mountSmallDisk() ?? skip('needs the right to mount a small disk');
    const { stdout, status } = runOn(join(disk, 'seen.sqlite'));
    expect(stdout).toMatch(/^open\nSEEN_STORE: markSeen failed on .*full/);
    expect(status).toBe(1);
  });
});
