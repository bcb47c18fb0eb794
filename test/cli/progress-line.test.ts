import { expect, test } from 'vitest';

import { ProgressLine } from '../../src/cli/progress-line.ts';
import { silentLogger } from '../../src/store/logger.ts';
import { settableClock } from '../support/settable-clock.ts';

/** Shows a step every 250 ms, and returns what was written. */
function write({ isTTY, steps }: { isTTY: boolean; steps: number }): string {
  const time = settableClock();
  const clock = { ...time, monotonic: time.now, now: () => 0 };
  let written = '';
  const screen = { isTTY, write: (text: string) => void (written += text) };
  const { signal } = new AbortController();
  const line = new ProgressLine({ clock, screen, signal, logger: silentLogger });
  for (let step = 0; step < steps; step += 1) {
    line.show(`step ${step}`);
    time.advance(250);
  }
  line.clear();
  return written;
}

test('work of less than a second shows no progress', () => {
  expect(write({ isTTY: true, steps: 4 })).toBe('');
  expect(write({ isTTY: false, steps: 4 })).toBe('');
});

test('on a terminal one line changes, and is gone at the end', () => {
  expect(write({ isTTY: true, steps: 6 })).toBe('\r\u001B[Kstep 4\r\u001B[Kstep 5\r\u001B[K');
});

test('elsewhere a line is written once a second', () => {
  expect(write({ isTTY: false, steps: 13 })).toBe('step 4\nstep 8\nstep 12\n');
});
