import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { markInProcess } from '../support/marking-process.ts';
import { SmallDisk, smallDisks } from '../support/small-disk.ts';

const markUntilFull = (disk: SmallDisk) => markInProcess(join(disk.folder, 'seen.sqlite'), { count: 5_000 });

describe.skipIf(smallDisks.missing)(`a disk that is really full${smallDisks.note}`, () => {
  test('a store that is opened on a full disk says so', async () => {
    const disk = SmallDisk.mount(1);
    disk.fill();
    const { output, exitCode } = await markUntilFull(disk);
    expect(output).toMatch(/^SEEN_STORE_OPEN: .*(disk is full|disk failed)/);
    expect(exitCode).toBe(1);
  });

  test('a mark that does not fit is refused with the reason', async () => {
    const { output, exitCode } = await markUntilFull(SmallDisk.mount(1));
    expect(output).toMatch(/^open\nSEEN_STORE: markSeen failed on .*full/);
    expect(exitCode).toBe(1);
  });
});
