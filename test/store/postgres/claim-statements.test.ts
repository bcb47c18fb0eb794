// The round trips of the claim lifecycle, counted and not timed.
import { expect, test } from 'vitest';

import type { Claim } from '../../../src/store/index.ts';
import { ids } from '../../support/ids.ts';
import { openRecorded, type RecordedStore } from '../../support/recorded-store.ts';

const batch = ids('item', 30);

/** Opens a store, and counts the statements of some work on it. */
async function open(): Promise<RecordedStore & { count(work: () => Promise<unknown>): Promise<number> }> {
  const opened = await openRecorded();
  return { ...opened, count: async (work) => (await opened.recorded.during(work)).length };
}

test('new items are claimed, and committed, by one statement each', async () => {
  const { store, count } = await open();
  let claims: Claim[] = [];
  expect(await count(async () => (claims = await store.claim(batch.map((id) => ({ id, payload: id })))))).toBe(1);
  expect(claims).toHaveLength(batch.length);
  expect(await count(() => store.renew(claims))).toBe(1);
  expect(await count(() => store.commit(claims))).toBe(1);
});

test.each([1, 150, 1_000, 5_500])('a prefilter of %i ids is one statement', async (size) => {
  const { store, count } = await open();
  expect(await count(() => store.filterUnseen(ids('item', size)))).toBe(1);
});

test('the steps of an item are one statement each', async () => {
  const { store, count } = await open();
  const [claim] = (await store.claim(['a'])) as [Claim];
  const { ledger } = store;
  expect(await count(() => ledger.begin(claim))).toBe(1);
  expect(await count(() => ledger.saveEnrichment(claim, 'summary'))).toBe(1);
  expect(await count(() => ledger.saveIntent(claim, 'channel'))).toBe(1);
  expect(await count(() => ledger.savePost(claim, 'channel', 'message'))).toBe(1);
  expect(await count(() => store.isBehindOtherOwner(claim))).toBe(1);
  expect(await count(() => store.release([claim], { error: '500' }))).toBe(1);
});

test('a claim of what is seen, given up or leased to this store is one statement, which writes nothing', async () => {
  const { store, count, schema } = await open();
  await store.claim(['leased']);
  await store.fail(await store.claim(['failed']), 'no');
  await store.markSeen('seen');
  const written = (): Promise<unknown> =>
    schema.query(
      `SELECT (SELECT array_agg(xmin) FROM ${schema.schema}.seen_item), xmin, value FROM ${schema.schema}.seen_token`,
    );
  const before = await written();
  expect(await count(() => store.claim(['leased', 'failed', 'seen']))).toBe(1);
  expect(await count(() => store.claimWaiting())).toBe(1);
  expect(await written()).toEqual(before);
});

test('an item that was claimed before costs another statement, for its posts', async () => {
  const { store, count } = await open();
  await store.release(await store.claim(['a']));
  expect(await count(() => store.claim(['a', 'b']))).toBe(2);
});

test('a lease of another living owner on this machine costs another statement, for it may be dead', async () => {
  const { store, count, reopen } = await open();
  const other = await reopen();
  await other.claim(['leased']);
  expect(await count(() => store.claim(['leased', 'free']))).toBe(2);
  expect(await count(() => store.claim(['unrelated']))).toBe(1);
});

test('lost claims cost two more statements, for the evidence, and for whether the database was moved away', async () => {
  const { store, count } = await open();
  const claims = await store.claim(batch);
  await store.release(claims);
  expect(await count(() => store.commit(claims).catch(() => undefined))).toBe(3);
});
