import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { LONG } from '../../chaos/kept-results.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// Each test starts whole programs, beside those of other tests.
vi.setConfig({ testTimeout: 60_000 });

/** Programs that would run for long, and what each prints once it is at work. Longer runs of chaos are kept. */
const demo = { name: 'demo', args: ['--cycles', '1000', '--filings', '5'], sign: 'listed' };
const chaos = { name: 'chaos', args: ['--kills', String(LONG.kills - 1), '--processes', '1'], sign: 'kills' };
const bench = { name: 'bench', args: ['--only', 'peers'], sign: 'Built' };

interface RunningProgram {
  readonly program: ChildProcess;
  /** The processes that it has started. */
  readonly children: readonly number[];
  /** The folder for its temporary files. */
  readonly folder: string;
}

async function start({ name, args, sign }: typeof demo): Promise<RunningProgram> {
  const folder = temporaryFolder();
  const main = fileURLToPath(new URL(`../../${name}/main.ts`, import.meta.url));
  const program = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void program.kill('SIGKILL'));
  program.stderr.resume();
  await saysThat(program, sign);
  expect(readdirSync(folder)).toHaveLength(1);
  return { program, children: childrenOf(program), folder };
}

async function saysThat({ stdout }: ChildProcess, word: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let text = '';
  stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (text.includes(word)) resolve();
  });
  await promise;
}

function childrenOf({ pid }: ChildProcess): number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return list.split(' ').filter(Boolean).map(Number);
}

/** A process that has ended and whose exit code nobody has fetched yet has the state Z. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function expectNothingLeft({ children, folder }: RunningProgram): Promise<void> {
  // A process that was killed needs a moment of a busy machine to end.
  await vi.waitFor(() => expect(children.filter(isRunning)).toEqual([]), 10_000);
  expect(readdirSync(folder)).toEqual([]);
}

describe.runIf(existsSync('/proc/self/task'))('stopping a program', () => {
  test.each([
    ['chaos', 'SIGTERM', 143, chaos],
    ['bench', 'SIGINT', 130, bench],
  ] as const)('%s, stopped by %s, ends with %d, ends its processes and removes its folder', async (...row) => {
    const [, signal, expected, what] = row;
    const running = await start(what);
    running.program.kill(signal);
    const [code] = await once(running.program, 'exit');
    expect(code).toBe(expected);
    await expectNothingLeft(running);
  });

  test('demo, whose output nobody reads any more, ends with 1, ends its processes and removes its folder', async () => {
    const running = await start(demo);
    expect(running.children).toHaveLength(1);
    running.program.stdout?.destroy();
    const [code] = await once(running.program, 'exit');
    expect(code).toBe(1);
    await expectNothingLeft(running);
  });
});
