import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

import { program } from '../../chaos/options.ts';
import { runInProcess } from '../support/run-in-process.ts';

const main = fileURLToPath(new URL('../../chaos/main.ts', import.meta.url));

test('without options it plans forty kills by a new seed', async () => {
  const { code, options } = await runInProcess(program, []);
  expect(code).toBe(0);
  expect(options).toMatchObject({ kills: 40, processes: 3, threads: 2, items: 100, design: 'ours' });
  expect(options?.seed).toBeGreaterThan(0);
});

test('file faults are asked for by name, or by their number', async () => {
  const { options } = await runInProcess(program, ['--file-faults']);
  expect(options).toMatchObject({ fileFaults: true, faults: 120, processes: 3 });
  const numbered = await runInProcess(program, ['--faults', '7']);
  expect(numbered.options).toMatchObject({ fileFaults: true, faults: 7 });
});

test('feed faults are asked for by name, or by the number of seeds', async () => {
  const { options } = await runInProcess(program, ['--feed-faults']);
  expect(options).toMatchObject({ feedFaults: true, seeds: 200 });
  const numbered = await runInProcess(program, ['--seeds', '7']);
  expect(numbered.options).toMatchObject({ feedFaults: true, seeds: 7 });
});

test('every option is taken as it is given', async () => {
  const numbers = ['--kills', '1', '--seed', '2', '--processes', '3', '--threads', '4', '--items', '5'];
  const { options } = await runInProcess(program, [...numbers, '--design', 'mark-first', '--log', 'a.log', '--json']);
  expect(options).toEqual({
    kills: 1,
    seed: 2,
    processes: 3,
    threads: 4,
    items: 5,
    faults: 120,
    seeds: 200,
    design: 'mark-first',
    log: 'a.log',
    json: true,
  });
});

test.each([
  [['--kills', '0'], "'--kills <n>' argument '0' is invalid. It must be a whole number from 1 to 100000."],
  [['--seed', 'x'], "'--seed <n>' argument 'x' is invalid. It must be a whole number from 1 to 999999999."],
  [['--processes', '65'], "'--processes <n>' argument '65' is invalid. It must be a whole number from 1 to 64."],
  [['--threads', '1.5'], "'--threads <n>' argument '1.5' is invalid. It must be a whole number from 1 to 64."],
  [['--items', '-1'], "'--items <n>' argument '-1' is invalid. It must be a whole number from 1 to 100000."],
  [
    ['--design', 'best'],
    "'--design <name>' argument 'best' is invalid. Allowed choices are ours, no-nonce, no-order, machine-clock, mark-after, mark-first, write-behind, naive-crawl.",
  ],
  [['--faults', '0'], "'--faults <n>' argument '0' is invalid. It must be a whole number from 1 to 100000."],
  [['--file-faults', '--kills', '3'], "option '--file-faults' cannot be used with option '--kills <n>'"],
  [['--faults', '3', '--threads', '1'], "option '--file-faults' cannot be used with option '--threads <n>'"],
  [['--file-faults', '--items', '3'], "option '--file-faults' cannot be used with option '--items <n>'"],
  [['--feed-faults', '--kills', '3'], "option '--feed-faults' cannot be used with option '--kills <n>'"],
  [['--seeds', '3', '--file-faults'], "option '--feed-faults' cannot be used with option '--file-faults'"],
  [['--seeds', '0'], "'--seeds <n>' argument '0' is invalid. It must be a whole number from 1 to 100000."],
  [['--kill', '3'], "unknown option '--kill'"],
  [['3'], 'too many arguments'],
])('%j is refused with exit code 2, the reason and the usage', async (args, reason) => {
  const { code, stdout, stderr, options } = await runInProcess(program, args);
  expect({ code, stdout, options }).toEqual({ code: 2, stdout: '', options: undefined });
  expect(stderr).toContain(reason);
  expect(stderr).toContain('Usage: npm run chaos');
});

test('--help describes every option and its default', async () => {
  const { code, stdout, stderr, options } = await runInProcess(program, ['--help']);
  expect({ code, stderr, options }).toEqual({ code: 0, stderr: '', options: undefined });
  for (const { long } of program.options) expect(stdout).toContain(`  ${long} `);
  expect(stdout).toContain('default: 40');
  expect(stdout).toContain('default: a new one');
  expect(stdout).toContain('Exit codes: 0 when');
});

test('the program itself ends with 2 on a wrong option', () => {
  const wrong = spawnSync(process.execPath, [main, '--kill', '3'], { encoding: 'utf8' });
  expect(wrong).toMatchObject({ status: 2, stdout: '' });
  expect(wrong.stderr).toContain("unknown option '--kill'");
});
