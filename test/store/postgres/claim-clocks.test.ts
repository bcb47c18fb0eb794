// Machines whose clocks lie apart: the database's clock decides about leases and pauses.
import { expect, onTestFinished, test } from 'vitest';

import { openSeenStore, type Claim, type SeenStore } from '../../../src/store/index.ts';
import { openRecorded } from '../../support/recorded-store.ts';
import { settableClock, type SettableClock } from '../../support/settable-clock.ts';
import { HOUR_MS, MINUTE_MS } from '../../support/times.ts';

/** A store on a machine whose clock lies apart from the database's by `apartMs`, beside one whose clock does not. */
async function openApart(apartMs: number): Promise<{ apart: SeenStore; other: SeenStore; clock: SettableClock }> {
  const { store, schema } = await openRecorded();
  const clock = settableClock(Date.now() + apartMs);
  const apart = await openSeenStore({ url: schema.url, schema: schema.schema, clock });
  onTestFinished(() => apart.close());
  return { apart, other: store, clock };
}

test.each([HOUR_MS, -HOUR_MS])(
  'a lease lasts as long whose clock lies %i ms apart: nobody else gets the item',
  async (ms) => {
    const { apart, other } = await openApart(ms);
    const [one] = (await apart.claim(['one'])) as [Claim];
    const [two] = (await other.claim(['two'])) as [Claim];
    expect(await other.claim(['one', 'two'])).toEqual([]);
    expect(await apart.claim(['one', 'two'])).toEqual([]);
    expect(await apart.claimWaiting()).toEqual([]);
    await apart.commit([one]);
    await other.commit([two]);
  },
);

test.each([HOUR_MS, -HOUR_MS])('a pause lasts as long whose clock lies %i ms apart', async (ms) => {
  const { apart, other, clock } = await openApart(ms);
  const claims = await apart.claim(['a']);
  clock.set(Date.now() + ms);
  const retryAt = new Date(clock.now() + MINUTE_MS);
  await apart.release(claims, { error: '500', retryAt });
  const { retryAt: kept, updatedAt } = (await other.ledger.find('a')) ?? {};
  expect(Math.abs((kept?.getTime() ?? 0) - (retryAt.getTime() - ms))).toBeLessThanOrEqual(1_000);
  expect(updatedAt?.getTime()).toBeLessThan(kept?.getTime() ?? 0);
});

test('pauses until one moment end at one moment, whenever they began', async () => {
  const { apart, other, clock } = await openApart(0);
  const retryAt = new Date(clock.now() + MINUTE_MS);
  for (const id of ['b', 'a', 'c']) await apart.release(await apart.claim([id]), { error: '500', retryAt });
  const kept = await Promise.all(['a', 'b', 'c'].map(async (id) => (await other.ledger.find(id))?.retryAt));
  expect(new Set(kept.map(Number)).size).toBe(1);
});
