import { expect, test } from 'vitest';

import { inlineCode } from '../../../src/commands/text/inline-code.ts';

test.each([
  ['filings', '`filings`'],
  ['a`b', "`a'b`"],
  ['a\nb', "`a'b`"],
  ['', '`—`'],
  [' ', '`—`'],
  ['half \uD83D a pair', '`half \uFFFD a pair`'],
])('the name %j becomes %s', (name, code) => {
  expect(inlineCode(name)).toBe(code);
});

test('a long name is cut between two characters, never within one', () => {
  expect(inlineCode(`${'n'.repeat(97)}📰📰`)).toBe(`\`${'n'.repeat(97)}📰\``);
});
