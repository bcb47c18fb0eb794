import { expect, onTestFinished, test } from 'vitest';

import { openSeenStore, type SeenStoreOptions } from '../../src/store/index.ts';
import { newDatabasePath } from '../support/database-file.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { DAY_MS, HOUR_MS } from '../support/times.ts';
import { walOf } from '../support/wal-counter.ts';

/** A store that nobody records cycles in, and whose clock the test moves. */
async function openPlain(options: SeenStoreOptions = {}) {
  const path = newDatabasePath();
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const store = await openSeenStore({ path, clock, logger, ...options });
  onTestFinished(() => store.close());
  /** Lets the maintenance take its turn after each of its sleeps. */
  const stayOpenFor = async (ms: number, roundMs: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += roundMs) {
      await clock.whenSleeping(roundMs);
      await clock.advance(roundMs);
    }
    await clock.whenSleeping(roundMs);
  };
  return { path, store, logger, stayOpenFor };
}

test('the time in which a store is open ages its ids, at the price of a few writes a day', async () => {
  const { path, store, logger, stayOpenFor } = await openPlain();
  await store.markSeen('a');
  const { commits } = await walOf(path, () => stayOpenFor(7 * DAY_MS, HOUR_MS));
  expect(commits).toBeLessThanOrEqual(7 * 8);
  expect(await store.isSeen('a')).toBe(true);
  await stayOpenFor(6 * HOUR_MS, HOUR_MS);
  expect(await store.isSeen('a')).toBe(false);
  expect(logger.of('seen_store_purged')).toMatchObject([{ fields: { deleted: 1 } }]);
});

test('a store that seldom purges notes that it is open all the same, and purges on time only', async () => {
  const { store, logger, stayOpenFor } = await openPlain({ purgeEveryMs: 30 * DAY_MS });
  await store.markSeen('a');
  await stayOpenFor(29.75 * DAY_MS, 6 * HOUR_MS);
  expect(await store.isSeen('a')).toBe(true);
  await stayOpenFor(6 * HOUR_MS, 6 * HOUR_MS);
  expect(await store.isSeen('a')).toBe(false);
  expect(logger.of('seen_store_purged')).toHaveLength(1);
});

test('an empty store writes nothing, however long it is open', async () => {
  const { path, stayOpenFor } = await openPlain();
  const { commits } = await walOf(path, () => stayOpenFor(7 * DAY_MS, HOUR_MS));
  expect(commits).toBe(0);
});
