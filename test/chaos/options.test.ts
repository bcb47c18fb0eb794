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

test('failovers imply PostgreSQL, whose nemeses are chosen by name', async () => {
  const { options } = await runInProcess(program, ['--failovers', '7', '--replication', 'async']);
  expect(options).toMatchObject({ store: 'postgres', failovers: 7, replication: 'async' });
  const chosen = await runInProcess(program, ['--store', 'postgres', '--nemesis', 'proxy, backends']);
  expect(chosen.options).toMatchObject({ store: 'postgres', nemesis: ['backends', 'proxy'] });
  const onFile = await runInProcess(program, ['--nemesis', 'clocks']);
  expect(onFile.options).toMatchObject({ store: 'sqlite', nemesis: ['clocks'] });
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
    store: 'sqlite',
    nemesis: ['backends', 'restart', 'proxy', 'clocks'],
    replication: 'sync',
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
    "'--design <name>' argument 'best' is invalid. Allowed choices are ours, no-nonce, no-order, no-lead, machine-clock, mark-after, mark-first, write-behind, naive-crawl.",
  ],
  [['--store', 'redis'], "'--store <name>' argument 'redis' is invalid. Allowed choices are sqlite, postgres."],
  [
    ['--nemesis', 'clocks,fire'],
    "'--nemesis <names>' argument 'clocks,fire' is invalid. Allowed are backends, restart, proxy, clocks, pauses, separated by commas.",
  ],
  [['--faults', '0'], "'--faults <n>' argument '0' is invalid. It must be a whole number from 1 to 100000."],
  [['--file-faults', '--kills', '3'], "option '--file-faults' cannot be used with option '--kills <n>'"],
  [['--faults', '3', '--threads', '1'], "option '--file-faults' cannot be used with option '--threads <n>'"],
  [['--file-faults', '--items', '3'], "option '--file-faults' cannot be used with option '--items <n>'"],
  [['--feed-faults', '--kills', '3'], "option '--feed-faults' cannot be used with option '--kills <n>'"],
  [['--seeds', '3', '--file-faults'], "option '--feed-faults' cannot be used with option '--file-faults'"],
  [['--seeds', '0'], "'--seeds <n>' argument '0' is invalid. It must be a whole number from 1 to 100000."],
  [['--store', 'sqlite', '--failovers', '1'], '--failovers needs --store postgres: a file has no standby.'],
  [['--nemesis', 'clocks,proxy'], '--nemesis proxy needs --store postgres: a file can have clocks alone.'],
  [['--store', 'postgres', '--replication', 'async'], '--replication is the way to a standby'],
  [['--failovers', '1', '--nemesis', 'restart'], '--nemesis restart cannot be used with --failovers'],
  [['--file-faults', '--replication', 'sync'], "option '--file-faults' cannot be used with option '--replication"],
  [['--design', 'no-lead'], '--design no-lead needs --store postgres: on a file nobody leads.'],
  [['--design', 'naive-crawl'], '--design naive-crawl is broken for the feed faults'],
  [['--feed-faults', '--design', 'no-nonce'], '--design no-nonce is broken for the kills'],
  [['--summary', '--kills', '3'], '--summary causes nothing, and takes no other option.'],
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
