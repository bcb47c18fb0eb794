import { expect, test, vi } from 'vitest';

import { createProgram, runProgram } from '../../scripts/program.ts';
import { wholeNumber } from '../../scripts/whole-number.ts';

const program = createProgram('example', 'Counts.', '0 when it has counted, 1 when not')
  .option('--to <n>', 'where to stop', wholeNumber(9), 3)
  .configureOutput({ writeErr: () => undefined });

test('a program runs with its options, and its result is the exit code', async () => {
  expect(await runProgram(program, ({ to }) => to, [])).toBe(3);
  expect(await runProgram(program, async ({ to }) => to, ['--to', '9'])).toBe(9);
});

test.each(['0', '10', '01', '-1', '1.5', '', 'x', '1x'])('a whole number up to 9 is not "%s"', async (text) => {
  expect(await runProgram(program, ({ to }) => to, ['--to', text])).toBe(2);
});

test.each([
  [new Error('It broke.'), 1],
  [Object.assign(new Error('It broke.'), { exitCode: 130 }), 130],
])('an error is reported in one line, and decides the exit code', async (error, expected) => {
  const report = vi.spyOn(console, 'error').mockReturnValue();
  const fail = (): never => {
    throw error;
  };
  expect(await runProgram(program, fail, [])).toBe(expected);
  expect(report.mock.calls).toEqual([['It broke.']]);
  report.mockRestore();
});
