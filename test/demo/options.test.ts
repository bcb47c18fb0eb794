import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { parseOptions } from '../../demo/options.ts';
import { atomPage } from '../../local/edgar/atom.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test.each([
  [['--cycles', '0'], '--cycles must be a whole number from 1 to 1000, but is "0".'],
  [['--first-run', 'none'], '--first-run must be mark, post or a number, but is "none".'],
  [['--edgar', 'no-such-folder'], '--edgar: there is no folder no-such-folder.'],
  [['--edgar', 'test'], '--edgar: test holds no recorded crawl.'],
  [['--edgar', 'package.json'], '--edgar: package.json holds no recorded crawl.'],
])('%j is refused', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});

test('--edgar takes a folder of recorded crawls, whatever else lies in it', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, '1-notes'));
  mkdirSync(join(folder, '2-crawl', '00_count100_start0100.xml'), { recursive: true });
  writeFileSync(join(folder, '2-crawl', 'README.md'), 'Not a page.');
  writeFileSync(join(folder, '2-crawl', '00_count100_start0000.xml'), atomPage([], 0));
  const options = parseOptions(['--edgar', folder]);
  const feed = options === 'help' ? undefined : options.edgar;
  expect(feed?.page({ start: 0, count: 100, type: '' })).not.toBeNull();
  expect(feed?.page({ start: 100, count: 100, type: '' })).toBeNull();
});
