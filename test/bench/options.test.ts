import { expect, test } from 'vitest';

import { cases } from '../../bench/cases/index.ts';
import { program } from '../../bench/options.ts';
import { runInProcess } from '../support/run-in-process.ts';

const all = [...cases.sqlite, ...cases.postgres];

test('without options it measures every row', async () => {
  expect(await runInProcess(program, [])).toMatchObject({ code: 0, options: { store: 'sqlite', only: [] } });
});

test('--only may be given more than once', async () => {
  const { options } = await runInProcess(program, ['--only', 'lock', '--quick', '--only', 'purge']);
  expect(options).toEqual({ store: 'sqlite', only: ['lock', 'purge'], quick: true });
});

test('--only refuses an unknown row with exit code 2, and lists the known ones', async () => {
  const { code, stderr, options } = await runInProcess(program, ['--only', 'lock', '--only', 'best']);
  expect({ code, options }).toEqual({ code: 2, options: undefined });
  const names = [...new Set(all.map(({ name }) => name))].join(', ');
  expect(stderr).toContain(`'--only <name...>' argument 'best' is invalid. Allowed choices are ${names}.`);
  expect(stderr).toContain('Usage: npm run bench');
});

test('--only refuses a row that the chosen store does not have, and lists those that it has', async () => {
  const { code, stderr, options } = await runInProcess(program, [
    '--store',
    'postgres',
    '--only',
    'prefilter',
    'purge',
  ]);
  expect({ code, options }).toEqual({ code: 2, options: undefined });
  const names = cases.postgres.map(({ name }) => name).join(', ');
  expect(stderr).toContain(`--store postgres has no row purge. Its rows are ${names}.`);
});

test('--help describes every option and names every row', async () => {
  const { code, stdout, options } = await runInProcess(program, ['--help']);
  expect({ code, options }).toEqual({ code: 0, options: undefined });
  for (const { long } of program.options) expect(stdout).toContain(`  ${long}`);
  for (const { name } of all) expect(stdout).toContain(`"${name}"`);
});
