// The processes that the consumer tests start: see consumers/.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { BotProcess } from '../../consumers/support/bot-process.ts';
import { runCommand } from '../../consumers/support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A program that starts another, which holds its output, and prints the other's process id. */
const STARTS_ANOTHER = `
  const args = ['--eval', 'setInterval(() => {}, 1000)'];
  const { pid } = require('node:child_process').spawn(process.execPath, args, { stdio: 'inherit' });
  console.log('started ' + pid);`;

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('what a case starts', () => {
  test('a bot that is ended takes what it has started with it', async () => {
    const bot = new BotProcess(['--eval', STARTS_ANOTHER], options());
    const [line = ''] = await bot.untilLines(/^started/, 1);
    await bot[Symbol.asyncDispose]();
    await expect.poll(() => isRunning(Number(line.split(' ')[1]))).toBe(false);
  });

  test('a bot says why it was ended when it was to print something', async () => {
    const stopping = new AbortController();
    await using bot = new BotProcess(['--eval', STARTS_ANOTHER], options(stopping.signal));
    await bot.untilLines(/^started/, 1);
    stopping.abort(new Error('The case took too long.'));
    await expect(bot.untilLines(/^more/, 1)).rejects.toThrow(/The bot was ended: The case took too long\.[^]*started/);
  });

  test('a command that is ended takes what it has started with it, and tells why', async () => {
    const stopping = new AbortController();
    const { folder, signal } = options(stopping.signal);
    const program = `${STARTS_ANOTHER} require('node:fs').writeFileSync('started', '');`;
    const running = runCommand(process.execPath, ['--eval', program], { folder, signal });
    await expect.poll(() => existsSync(join(folder, 'started'))).toBe(true);
    stopping.abort(new Error('The case took too long.'));
    const error = await running.then(String, String);
    expect(error).toMatch(/was ended: The case took too long\.\nstarted \d+$/);
    const [, pid] = /started (\d+)/.exec(error) ?? [];
    await expect.poll(() => isRunning(Number(pid))).toBe(false);
  });

  test('a program that is not installed is said to be so', async () => {
    await expect(runCommand('no-such-program', [], options())).rejects.toThrow(/^no-such-program is not installed\.$/);
  });
});

function options(signal = new AbortController().signal) {
  return { folder: temporaryFolder(), signal };
}
