import { expect, test } from 'vitest';

import { parseAge } from '../../src/commands/subcommands/age.ts';
import { SeenInputError } from '../../src/store/index.ts';
import { computingMs } from '../support/computing-time.ts';

const now = Date.UTC(2026, 10, 24, 12);
const HOUR = 3_600_000;

test.each([
  ['7d', 7 * 24],
  ['36h', 36],
  ['2w', 14 * 24],
  ['2W', 14 * 24],
  [' 1 day 12 hours ', 36],
  ['1d12h', 36],
  ['1.5d', 36],
])('“%s” is %d hours ago', (text, hours) => {
  expect(parseAge(text, now)).toEqual(new Date(now - hours * HOUR));
});

test.each([
  ['a number without a unit', '7'],
  ['a negative age', '-7d'],
  ['a word', 'soon'],
  ['nothing', ''],
  ['blanks', '   '],
  ['an exponent', '1e9d'],
  ['no time at all', '0d'],
  ['an unknown unit', '7x'],
  ['an unknown unit beside a known one', '1d 5x'],
  ['an unknown unit that begins like a known one', '1dx'],
  ['a date', '2026-11-01'],
  ['more than there has been', '100y'],
  ['a number without end', `${'9'.repeat(400)}d`],
  ['markup', '7d @everyone'],
  ['digits of another script', '٧d'],
])('%s is refused', (_what, text) => {
  expect(() => parseAge(text, now)).toThrow(SeenInputError);
});

test('a long text is refused at once, and not repeated in full', () => {
  let failure: unknown;
  const spent = computingMs(() => {
    try {
      parseAge(`${'1a'.repeat(3_000)}!`, now);
    } catch (error) {
      failure = error;
    }
  });
  expect(failure).toBeInstanceOf(Error);
  expect(String(failure).length).toBeLessThan(200);
  expect(spent).toBeLessThan(500);
});
