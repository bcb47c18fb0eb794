import { expect, test } from 'vitest';

import { cases } from '../../bench/cases/index.ts';
import { program } from '../../bench/options.ts';
import { runInProcess } from '../support/run-in-process.ts';

test('without options it measures every row', async () => {
  expect(await runInProcess(program, [])).toMatchObject({ code: 0, options: { only: [] } });
});

test('--only may be given more than once', async () => {
  const { options } = await runInProcess(program, ['--only', 'lock', '--quick', '--only', 'purge']);
  expect(options).toEqual({ only: ['lock', 'purge'], quick: true });
});

test('--only refuses an unknown row with exit code 2, and lists the known ones', async () => {
  const { code, stderr, options } = await runInProcess(program, ['--only', 'lock', '--only', 'best']);
  expect({ code, options }).toEqual({ code: 2, options: undefined });
  const names = cases.map(({ name }) => name).join(', ');
  expect(stderr).toContain(`'--only <name...>' argument 'best' is invalid. Allowed choices are ${names}.`);
  expect(stderr).toContain('Usage: npm run bench');
});

test('--help describes every option and names every row', async () => {
  const { code, stdout, options } = await runInProcess(program, ['--help']);
  expect({ code, options }).toEqual({ code: 0, options: undefined });
  for (const { long } of program.options) expect(stdout).toContain(`  ${long}`);
  for (const { name } of cases) expect(stdout).toContain(`"${name}"`);
});
