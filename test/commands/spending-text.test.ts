import { expect, test } from 'vitest';

import { spendingText } from '../../src/commands/views/spending-text.ts';
import type { FeedSpending } from '../../src/store/index.ts';

const nothing: FeedSpending = {
  feed: 'filings',
  day: new Date(0),
  requests: 0,
  tokens: 0,
  enrichments: 0,
  budget: null,
  saved: null,
};

test('a feed with a budget has a bar, what was spent of it, and what was saved', () => {
  const saved = { requests: 1_234, tokens: 308_500 };
  const budget = { tokens: 25_000 };
  expect(spendingText([{ ...nothing, requests: 35, tokens: 8_750, enrichments: 35, budget, saved }])).toBe(
    [
      '▰▰▰▰▱▱▱▱▱▱▱▱ **35 %** of the budget',
      '35 requests · 8,750 tokens of 25,000',
      'Saved: about 1,200 requests and 310,000 tokens, for items seen before',
    ].join('\n'),
  );
});

test('a feed without a budget, whose tokens nobody counts, has its requests', () => {
  expect(spendingText([{ ...nothing, requests: 1, saved: { requests: 7, tokens: 0 } }])).toBe(
    '1 request\nSaved: about 7 requests, for items seen before',
  );
  expect(spendingText([{ ...nothing, saved: { requests: 0, tokens: 0 } }])).toBe('0 requests');
});

test('of a budget in requests and tokens, the share is that of the part that ends first', () => {
  const budget = { requests: 200, tokens: 1_000 };
  expect(spendingText([{ ...nothing, requests: 150, tokens: 400, budget }])).toBe(
    '▰▰▰▰▰▰▰▰▰▱▱▱ **75 %** of the budget\n150 requests of 200 · 400 tokens of 1,000',
  );
});

test.each([
  [0, 1000, '▱▱▱▱▱▱▱▱▱▱▱▱ **0 %**'],
  [1, 60, '▱▱▱▱▱▱▱▱▱▱▱▱ **2 %**'],
  [999, 1000, '▰▰▰▰▰▰▰▰▰▰▰▱ **99 %**'],
  [1000, 1000, '▰▰▰▰▰▰▰▰▰▰▰▰ **100 %**'],
  [2_060, 1000, '▰▰▰▰▰▰▰▰▰▰▰▰ **206 %**'],
])('%i requests of %i are %s', (requests, cap, shown) => {
  const text = spendingText([{ ...nothing, requests, budget: { requests: cap } }]);
  expect(text.split(' of the budget')[0]).toBe(shown);
});

test('several feeds have a line each, and what they saved is summed', () => {
  const saved = { requests: 50, tokens: 0 };
  const news = { ...nothing, feed: 'news', requests: 3, budget: { requests: 4 }, saved };
  expect(spendingText([{ ...nothing, requests: 2, tokens: 90, saved }, news])).toBe(
    [
      '`filings` 2 requests · 90 tokens',
      '`news` **75 %** · 3 requests of 4',
      'Saved: about 100 requests, for items seen before',
    ].join('\n'),
  );
});

test('many feeds with the largest numbers fit into a field', () => {
  const most = Number.MAX_SAFE_INTEGER;
  const amounts = { requests: most, tokens: most };
  const spending = { ...nothing, ...amounts, feed: '`'.repeat(500), budget: amounts, saved: amounts };
  const text = spendingText(Array.from({ length: 9 }, () => spending));
  expect(text).toContain('and 4 more feeds');
  expect(text.length).toBeLessThanOrEqual(1024);
});
