import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';

import { temporaryFolder } from '../support/temporary-folder.ts';

// Each test starts whole programs, beside those of other tests.
vi.setConfig({ testTimeout: 60_000 });

const program = fileURLToPath(new URL('../../demo/main.ts', import.meta.url));

interface RunningDemo {
  readonly demo: ChildProcess;
  readonly bots: readonly number[];
  readonly folder: string;
}

/** A demo that would run for hours, after its first cycle. */
async function startDemo(): Promise<RunningDemo> {
  const folder = temporaryFolder();
  const demo = spawn(process.execPath, [program, '--cycles', '1000', '--filings', '5'], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void demo.kill('SIGKILL'));
  demo.stderr?.resume();
  await saysThat(demo, 'listed');
  const bots = childrenOf(demo);
  expect([bots.length, readdirSync(folder).length]).toEqual([1, 1]);
  return { demo, bots, folder };
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

const onLinux = existsSync('/proc/self/task');

test.runIf(onLinux).each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends the demo with exit code %d, ends its bot and removes its folder', async (signal, expected) => {
  const { demo, bots, folder } = await startDemo();
  demo.kill(signal);
  const [code] = await once(demo, 'exit');
  expect(code).toBe(expected);
  expect(bots.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test.runIf(onLinux)('a demo whose output nobody reads any more ends, ends its bot and removes its folder', async () => {
  const { demo, bots, folder } = await startDemo();
  demo.stdout?.destroy();
  const [code] = await once(demo, 'exit');
  expect(code).toBe(1);
  expect(bots.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});
