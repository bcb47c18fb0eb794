import { describe, expect, test } from 'vitest';

import { Bench } from './bench.ts';
import { notes } from './notes.ts';

const HOUR_MS = 3_600_000;

/** Purges on request only: by itself the store would purge on its schedule, in the middle of the test. */
const startWith = (ttlDays: number): Promise<Bench> =>
  Bench.start({ store: { ttlDays, purgeEveryMs: 1_000 * 24 * HOUR_MS } });

async function purge(bench: Bench): Promise<number> {
  return bench.clock.drive(bench.store.purgeExpired(), { upTo: 100 });
}

describe('an item that the feed still lists', () => {
  test('outlives a TTL that is shorter than the feed’s memory', async () => {
    const bench = await startWith(2);
    await bench.store.markSeen(['gone', 'alias-1']);
    for (let hours = 0; hours < 10 * 24; hours += 6) {
      await bench.deliver([{ id: 'n1', aliases: ['alias-1'] }, { id: 'n2' }]);
      await purge(bench);
      await bench.clock.advance(6 * HOUR_MS);
    }
    expect(bench.texts()).toEqual(['n2: about n2']);
    expect(await bench.store.filterUnseen(['gone', 'alias-1', 'n2'])).toEqual(['gone']);
  });

  test('is forgotten once the feed has dropped it for the TTL', async () => {
    const bench = await startWith(2);
    await bench.deliver(notes(2));
    await bench.clock.advance(30 * HOUR_MS);
    await bench.deliver(notes(1));
    await bench.clock.advance(30 * HOUR_MS);
    expect(await purge(bench)).toBe(1);
    expect(await bench.store.filterUnseen(['n1', 'n2'])).toEqual(['n2']);
  });
});

test('an empty or incomplete batch forgets nothing', async () => {
  const bench = await startWith(2);
  await bench.deliver(notes(3));
  await bench.deliver([]);
  await bench.deliver(notes(1), { complete: false });
  await bench.restart();
  expect(await bench.deliver(notes(3))).toMatchObject({ skipped: 3, posted: 0 });
});
