import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { program } from '../../demo/options.ts';
import { atomPage } from '../../local/edgar/atom.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('without options it runs three cycles of the same generated feed, and the first marks its filings', async () => {
  const { code, options } = await runInProcess(program, []);
  expect(code).toBe(0);
  expect(options).toEqual({ cycles: 3, filings: 150, seed: 1, firstRun: 'mark' });
});

test.each(['mark', 'post', '0', '20'])('--first-run takes %s', async (firstRun) => {
  const { options } = await runInProcess(program, ['--first-run', firstRun]);
  expect(options?.firstRun).toBe(firstRun);
});

test.each([
  [['--cycles', '0'], "'--cycles <n>' argument '0' is invalid. It must be a whole number from 1 to 1000."],
  [['--filings', '1e3'], "'--filings <n>' argument '1e3' is invalid. It must be a whole number from 1 to 999999999."],
  [['--first-run', 'none'], "'--first-run <what>' argument 'none' is invalid. It must be mark, post or a number."],
  [['--edgar', 'no-such-folder'], "'--edgar <dir>' argument 'no-such-folder' is invalid. There is no such folder."],
  [['--edgar', 'test'], "'--edgar <dir>' argument 'test' is invalid. It must have sub-folders with pages"],
  [['--edgar', 'package.json'], "'--edgar <dir>' argument 'package.json' is invalid. It must have sub-folders"],
])('%j is refused with exit code 2, the reason and the usage', async (args, reason) => {
  const { code, stdout, stderr, options } = await runInProcess(program, args);
  expect({ code, stdout, options }).toEqual({ code: 2, stdout: '', options: undefined });
  expect(stderr).toContain(reason);
  expect(stderr).toContain('Usage: npm run demo');
});

test('--help describes every option and its default', async () => {
  const { code, stdout, options } = await runInProcess(program, ['--help']);
  expect({ code, options }).toEqual({ code: 0, options: undefined });
  for (const { long } of program.options) expect(stdout).toContain(`  ${long} `);
  expect(stdout).toMatch(/--cycles <n> .*default: 3/);
});

test('--edgar takes a folder of recorded crawls, whatever else lies in it', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, '1-notes'));
  mkdirSync(join(folder, '2-crawl', '00_count100_start0100.xml'), { recursive: true });
  writeFileSync(join(folder, '2-crawl', 'README.md'), 'Not a page.');
  writeFileSync(join(folder, '2-crawl', '00_count100_start0000.xml'), atomPage([], 0));
  const { options } = await runInProcess(program, ['--edgar', folder]);
  expect(options?.edgar?.page({ start: 0, count: 100, type: '' })).not.toBeNull();
  expect(options?.edgar?.page({ start: 100, count: 100, type: '' })).toBeNull();
});
