import { expect, onTestFinished, test } from 'vitest';

import { ClockRecord } from '../../../chaos/kills/clock-record.ts';
import { Payments } from '../../../chaos/kills/payments.ts';
import { openSeenStore, type SeenStore } from '../../../src/store/index.ts';
import { emptyDatabase } from '../../support/empty-database.ts';

const FEED = 'news';

/** An item that one client has paid for, and another pays for next. */
async function paidItem(): Promise<{ readonly payments: Payments; readonly store: SeenStore; pass(ms: number): void }> {
  let now = 1_000_000;
  const store = await openSeenStore({ path: emptyDatabase() });
  onTestFinished(() => store.close());
  await store.claim(['item'], { feed: FEED });
  const payments = new Payments(store, () => now, new ClockRecord(2, () => now));
  await payments.pay('item', 'first');
  return { payments, store, pass: (ms) => void (now += ms) };
}

test('an enrichment that a living client could have saved is paid again for nothing', async () => {
  const { payments, pass } = await paidItem();
  pass(60_000);
  await payments.pay('item', 'second');
  expect(payments.wasted).toEqual(['item']);
});

test.each(['its client was killed', 'the database was away'])('%s: then there is a reason', async (reason) => {
  const { payments, pass } = await paidItem();
  pass(60_000);
  if (reason === 'the database was away') payments.serverWasAway();
  else payments.clientEnded('first');
  pass(60_000);
  await payments.pay('item', 'second');
  expect(payments.wasted).toEqual([]);
});

test('a database that was away before is no reason, and none for what it has saved', async () => {
  const { payments, pass } = await paidItem();
  payments.serverWasAway();
  pass(60_000);
  await payments.pay('item', 'second');
  pass(60_000);
  await payments.pay('item', 'third');
  expect(payments.wasted).toEqual(['item']);

  const saved = await paidItem();
  const [claim] = await saved.store.claim(['other'], { feed: FEED });
  await saved.payments.pay('other', 'first');
  if (claim !== undefined) await saved.store.ledger.saveEnrichment(claim, { summary: 'paid' });
  saved.payments.serverWasAway();
  await saved.payments.pay('other', 'second');
  expect(saved.payments.wasted).toEqual(['other']);
});
