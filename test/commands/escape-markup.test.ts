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

test.each(['_', '\\', '# ', '1. ', '1', ' ', '\n', ':'])('escapes a million of %j in less than two seconds', (run) => {
  const start = performance.now();
  escapeMarkup(run.repeat(1e6));
  expect(performance.now() - start).toBeLessThan(2000);
});
