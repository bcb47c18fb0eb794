import { describe, expect, test } from 'vitest';

import { DeliveryHarness } from '../support/delivery-harness.ts';
import { notes } from '../support/notes.ts';

const HOUR_MS = 3_600_000;

/** Purges on request only: by itself the store would purge on its schedule, in the middle of the test. */
const startWith = (ttlDays: number): Promise<DeliveryHarness> =>
  DeliveryHarness.start({ store: { ttlDays, purgeEveryMs: 1_000 * 24 * HOUR_MS } });

async function purge(harness: DeliveryHarness): Promise<number> {
  return harness.clock.drive(harness.store.purgeExpired(), { upTo: 100 });
}

describe('the TTL of an item', () => {
  test('an item that the feed still lists outlives a TTL that is shorter than the feed’s memory', async () => {
    const harness = await startWith(2);
    await harness.store.markSeen(['gone', 'alias-1']);
    for (let hours = 0; hours < 10 * 24; hours += 6) {
      await harness.deliver([{ id: 'n1', aliases: ['alias-1'] }, { id: 'n2' }]);
      await purge(harness);
      await harness.clock.advance(6 * HOUR_MS);
    }
    expect(harness.texts()).toEqual(['n2: about n2']);
    expect(await harness.store.filterUnseen(['gone', 'alias-1', 'n2'])).toEqual(['gone']);
  });

  test('an item is forgotten once the feed has not listed it for the TTL', async () => {
    const harness = await startWith(2);
    await harness.deliver(notes(2));
    await harness.clock.advance(30 * HOUR_MS);
    await harness.deliver(notes(1));
    await harness.clock.advance(30 * HOUR_MS);
    expect(await purge(harness)).toBe(1);
    expect(await harness.store.filterUnseen(['n1', 'n2'])).toEqual(['n2']);
  });
});

test('an empty or incomplete batch forgets nothing', async () => {
  const harness = await startWith(2);
  await harness.deliver(notes(3));
  await harness.deliver([]);
  await harness.deliver(notes(1), { complete: false });
  await harness.restart();
  expect(await harness.deliver(notes(3))).toMatchObject({ skipped: 3, posted: 0 });
});
