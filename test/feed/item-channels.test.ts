// What a feed names as the channels of an item, in JavaScript: an item without channels is marked as seen.
import { expect, test } from 'vitest';

import { ids } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes } from '../support/notes.ts';

const feedFor = (channels: unknown): NoteFeed => Object.assign(new NoteFeed(), { channels: () => channels });

test.for<[string, unknown, string]>([
  ['nothing', undefined, 'a list of ids, but returned undefined'],
  ['null', null, 'a list of ids, but returned null'],
  ['one id without a list', ids.announcements, `a list of ids, but returned "${ids.announcements}"`],
  ['a promise', Promise.resolve([ids.announcements]), 'a list of ids, but returned a value of type Promise'],
  ['a variable that is not set', [undefined], 'one of them is undefined'],
  ['an empty variable', [''], 'one of them is ""'],
  ['a name', ['#news'], 'one of them is "#news"'],
  ['a number, which has lost digits', [1.1e18], 'one of them is 1100000000000000000'],
])('%s is no channels: the item waits, unpaid, and says what is wrong', async ([, channels, problem]) => {
  const harness = await DeliveryHarness.start({ feed: feedFor(channels), delivery: { enrichWithinMs: 120_000 } });
  expect(await harness.deliver(notes(1))).toMatchObject({ posted: 0, marked: 0, failed: 1 });
  expect(await harness.store.ledger.find('n1')).toMatchObject({ lastError: expect.stringContaining(problem) });
  expect(harness.discord.requests).toEqual([]);
  expect(harness.feed.enriched).toEqual([]);
  Object.assign(harness.feed, { channels: () => [ids.announcements] });
  await harness.clock.advance(60_000);
  expect(await harness.deliver([])).toMatchObject({ posted: 1 });
  expect(harness.texts()).toEqual(['n1: about n1']);
});

test('an item with an empty list is posted nowhere on purpose, and a channel that is named twice gets one post', async () => {
  const harness = await DeliveryHarness.start();
  const twice = [ids.announcements, ids.general, ids.announcements];
  const items = [...notes(1, 'none', { channels: [] }), ...notes(1, 'n', { channels: twice })];
  expect(await harness.deliver(items)).toMatchObject({ posted: 1, marked: 1 });
  expect(harness.texts()).toEqual(['n1: about n1']);
});
