import { expect, test } from 'vitest';
import { commonPrefix } from '../../src/edgar/forms.ts';
import { matchesForms } from '../../src/edgar/index.ts';

test.each([
  ['8-K', ['8-K'], true],
  ['8-K/A', ['8-K'], false],
  ['8-K', ['8-K/A'], false],
  ['424B2', ['4'], false],
  ['SCHEDULE 13D/A', ['4', 'SCHEDULE 13D/A'], true],
  ['anything', [], true],
])('a filing of form %j matches the forms %j: %s', (form, forms, expected) => {
  expect(matchesForms({ form }, forms)).toBe(expected);
});

test.each([
  [[], ''],
  [['8-K'], '8-K'],
  [['8-K/A', '8-K'], '8-K'],
  [['10-K', '10-Q'], '10-'],
  [['8-K', '10-K'], ''],
])('the forms %j all begin with %j', (forms, prefix) => {
  expect(commonPrefix(forms)).toBe(prefix);
});
