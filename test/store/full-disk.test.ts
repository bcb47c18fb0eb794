import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { SmallDisk } from '../support/small-disk.ts';

const program = fileURLToPath(new URL('writing-process.ts', import.meta.url));

function runOn(path: string): { stdout: string; status: number | null } {
  return spawnSync(process.execPath, [program, path, '5000'], { encoding: 'utf8' });
}

describe('a disk that is really full', () => {
  test('at the start, the error says so', ({ skip }) => {
    const disk = SmallDisk.mount(1) ?? skip('needs the right to mount a small disk');
    disk.fill();
    const { stdout, status } = runOn(join(disk.folder, 'seen.sqlite'));
    expect(stdout).toMatch(/^SEEN_STORE_OPEN: .*(disk is full|disk failed)/);
    expect(status).toBe(1);
  });

  test('later, the mark that did not fit is refused with the reason', ({ skip }) => {
    const disk = SmallDisk.mount(1) ?? skip('needs the right to mount a small disk');
    const { stdout, status } = runOn(join(disk.folder, 'seen.sqlite'));
    expect(stdout).toMatch(/^open\nSEEN_STORE: markSeen failed on .*full/);
    expect(status).toBe(1);
  });
});
