import { escapeMarkup } from 'sapphire-plugin-seen';
import { expect, test } from 'vitest';

import { hostileText, seededRandom } from '../support/hostile-text.ts';

test.each([
  ['@everyone <@1> <t:0:R>', String.raw`\@everyone \<\@1\> \<t\:0\:R\>`],
  ['[a](https://b.example/_c_)', String.raw`\[a\](https\://b.example/\_c\_)`],
  [':smile: **b** ||s|| `c` \\', String.raw`\:smile: \*\*b\*\* \|\|s\|\| \`c\` ` + '\\\\'],
  ['# a\n- b\n2) c\n> d', '\\# a\n\\- b\n2\\) c\n\\> d'],
  ['8-K: 2.02, A/B #1 -5 % (x)', '8-K: 2.02, A/B #1 -5 % (x)'],
])('escapes %j as %j', (text, escaped) => {
  expect(escapeMarkup(text)).toBe(escaped);
});

test('puts one backslash before each mark and adds nothing else', () => {
  const random = seededRandom(5);
  for (let round = 0; round < 300; round++) {
    const text = hostileText(random);
    const escaped = escapeMarkup(text);
    expect(escaped.replaceAll(/\\([^0-9A-Za-z\s])/g, '$1')).toBe(text);
    expect(escaped.length).toBeLessThanOrEqual(2 * text.length);
  }
});

/** The shortest of five times that it takes to escape the text: others use the processor, too. */
function leastTime(text: string): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    escapeMarkup(text);
    return performance.now() - start;
  });
  return Math.min(...times);
}

test.each(['_', '\\', '# ', '1. ', '1', ' ', '\n', ':'])(
  'the time for many %j grows no faster than their number',
  (run) => {
    // Twenty times as many. If the time grew with the square of their number, it would be 400 times as long.
    expect(leastTime(run.repeat(10_000))).toBeLessThan(100 * leastTime(run.repeat(500)));
  },
);
