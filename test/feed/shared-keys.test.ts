import { expect, test } from 'vitest';

import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes, type Note } from '../support/notes.ts';

const shared = (harness: DeliveryHarness) => harness.logger.of('feed_keys_shared').map(({ fields }) => fields);

test('different items with one key are told of once, with the key and their number', async () => {
  const feed = new NoteFeed();
  feed.key = ({ id }) => (id === 'n1' ? 'own' : 'release-undefined');
  const harness = await DeliveryHarness.start({ feed, delivery: { firstRun: 'mark' } });
  for (let poll = 1; poll <= 3; poll += 1) await harness.deliver(notes(5));
  expect(shared(harness)).toEqual([
    {
      feed: 'notes',
      key: 'release-undefined',
      items: 4,
      hint: expect.stringMatching(/They count as one item.*mend key\(\)/) as string,
    },
  ]);
});

test('an item that is listed twice is no such case, nor are items that JSON cannot hold', async () => {
  const harness = await DeliveryHarness.start({ delivery: { firstRun: 'mark' } });
  const big = { id: 'big', size: 1n } as Note;
  await harness.deliver([...notes(2), ...notes(2), big, { ...big }]);
  expect(shared(harness)).toEqual([]);
});
