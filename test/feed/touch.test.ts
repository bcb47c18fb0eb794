import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test } from 'vitest';

import type { DeliveryOptions } from '../../src/feed/options.ts';
import { DeliveryHarness, type RunOptions } from '../support/delivery-harness.ts';
import { notes, type Note } from '../support/notes.ts';
import { HOUR_MS } from '../support/times.ts';

/** Purges on request only: by itself the store would purge on its schedule, in the middle of the test. */
const startWith = (ttlDays: number, delivery: DeliveryOptions = {}): Promise<DeliveryHarness> =>
  DeliveryHarness.start({ store: { ttlDays, purgeEveryMs: 1_000 * 24 * HOUR_MS }, delivery });

async function purge(harness: DeliveryHarness): Promise<number> {
  return harness.clock.drive(harness.store.purgeExpired(), { upTo: 100 });
}

/** Delivers the same batch every six hours. */
async function deliverFor(
  harness: DeliveryHarness,
  hours: number,
  items: readonly Note[],
  options?: RunOptions,
): Promise<void> {
  for (let passed = 0; passed < hours; passed += 6) {
    await harness.clock.advance(6 * HOUR_MS);
    await harness.deliver(items, options);
  }
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

  test('an item is forgotten once the feed has been looked at for the TTL without listing it', async () => {
    const harness = await startWith(2);
    await harness.deliver(notes(2));
    await deliverFor(harness, 48, notes(1));
    expect(await purge(harness)).toBe(0);
    await deliverFor(harness, 6, notes(1));
    expect(await purge(harness)).toBe(1);
    expect(await harness.store.filterUnseen(['n1', 'n2'])).toEqual(['n2']);
  });
});

describe('a batch that does not show what the feed lists', () => {
  test.each([
    ['empty', [], {}],
    ['incomplete', notes(1), { complete: false }],
  ] as const)(
    'for weeks, %s batches forget nothing, and what comes back is not posted again',
    async (_, items, options) => {
      const harness = await startWith(2);
      await harness.deliver(notes(3));
      await deliverFor(harness, 6, notes(3));
      await deliverFor(harness, 14 * 24, items, options);
      await harness.restart();
      expect(await purge(harness)).toBe(0);
      expect(await harness.deliver(notes(3))).toMatchObject({ skipped: 3, posted: 0 });
    },
  );

  test('a batch that the memory took, because the store could not be read, ages nothing', async () => {
    const harness = await startWith(2);
    await harness.deliver(notes(3));
    const db = new BetterSqlite3(harness.path);
    db.exec('ALTER TABLE seen RENAME TO seen_away');
    await deliverFor(harness, 14 * 24, notes(3));
    db.exec('ALTER TABLE seen_away RENAME TO seen');
    db.close();
    expect(await purge(harness)).toBe(0);
    expect(await harness.deliver(notes(3))).toMatchObject({ skipped: 3, posted: 0 });
  });

  test('an item that waited for the store makes no look out of empty batches', async () => {
    const harness = await startWith(2, { onStoreError: 'hold' });
    await harness.deliver(notes(3));
    for (let day = 0; day < 7; day += 1) {
      await harness.clock.advance(24 * HOUR_MS);
      const db = new BetterSqlite3(harness.path);
      db.exec('ALTER TABLE seen RENAME TO seen_away');
      await harness.deliver(notes(1, `day ${day} `));
      db.exec('ALTER TABLE seen_away RENAME TO seen');
      db.close();
      await harness.deliver([]);
    }
    expect(harness.texts()).toHaveLength(3 + 7);
    expect(await purge(harness)).toBe(0);
  });
});
