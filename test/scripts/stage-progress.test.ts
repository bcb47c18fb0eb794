import { expect, onTestFinished, test, vi } from 'vitest';

import { StageProgress } from '../../scripts/stage-progress.ts';

/** The lines that are written where the output is no terminal. */
function recordLines(): string[] {
  const lines: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    const write = vi.spyOn(stream, 'write').mockImplementation((text) => {
      lines.push(...String(text).trimEnd().split('\n'));
      return true;
    });
    onTestFinished(() => write.mockRestore());
  }
  return lines;
}

/** Lets listr2 begin the next stage. */
const nextStage = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test('each stage has a line, its first status and one for every tenth, and a title that tells the result', async () => {
  const lines = recordLines();
  const progress = new StageProgress(['First', 'Second']);
  const work = async (): Promise<string> => {
    await nextStage();
    for (let n = 0; n <= 30; n += 1) progress.update(`${n} of 100`, n / 100);
    progress.finish('First: 30');
    await nextStage();
    progress.update('nearly', 0.95);
    return 'done';
  };
  expect(await progress.show(work())).toBe('done');
  const texts = lines.map((line) => line.replace(/^\S+ /, ''));
  expect(texts).toEqual([
    'First',
    '0 of 100',
    '10 of 100',
    '20 of 100',
    '30 of 100',
    'First: 30',
    'Second',
    'nearly',
    'Second',
  ]);
});

test('work that fails ends the stages, and its error is the error', async () => {
  const lines = recordLines();
  const progress = new StageProgress(['First', 'Second']);
  const failure = new Error('It broke.');
  const work = async (): Promise<void> => {
    await nextStage();
    throw failure;
  };
  await expect(progress.show(work())).rejects.toBe(failure);
  expect(lines.some((line) => line.includes('Second'))).toBe(false);
});
