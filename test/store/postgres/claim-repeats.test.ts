// Writes of the claim lifecycle whose answer was lost: the store makes them again, and they count once.
import { expect, test } from 'vitest';

import type { Claim, SeenStore } from '../../../src/store/index.ts';
import { ids } from '../../support/ids.ts';
import { connectionLost, loseAnswer } from '../../support/recorded-pool.ts';
import { openRecorded, type RecordedStore } from '../../support/recorded-store.ts';
import { lostBy } from '../../contract/stores.ts';

interface Opened extends Pick<RecordedStore, 'store' | 'recorded' | 'schema'> {
  readonly other: SeenStore;
}

/** Opens a store that loses answers, and another one on the same database. */
async function open(): Promise<Opened> {
  const { reopen, ...opened } = await openRecorded();
  return { ...opened, other: await reopen() };
}

const GRANT = /INSERT INTO .*seen_item/s;
const CHANGE = /owned AS MATERIALIZED/;
const batch = ids('item', 5);

test('a claim whose answer was lost gives what it was granted, in order, and counts one attempt', async () => {
  const { store, other, recorded } = await open();
  await other.release(await other.claim(['item-00002']), { error: 'first' });
  recorded.next(GRANT, loseAnswer);
  const claims = await store.claim(batch.toReversed());
  expect(claims.map(({ id, attempt }) => [id, attempt])).toEqual(
    batch.toReversed().map((id) => [id, id === 'item-00002' ? 2 : 1]),
  );
  expect(await other.claim(batch)).toEqual([]);
  await store.commit(claims);
  expect(await other.filterUnseen(batch)).toEqual([]);
});

test('a claim of what waits whose answer was lost gives the same items, and no more than were asked for', async () => {
  const { store, other, recorded } = await open();
  await other.release(await other.claim(batch));
  recorded.next(GRANT, loseAnswer);
  const claims = await store.claimWaiting({ limit: 3 });
  expect(claims.map(({ id, attempt }) => [id, attempt])).toEqual(batch.slice(0, 3).map((id) => [id, 1]));
  expect((await other.claimWaiting()).map(({ id }) => id)).toEqual(batch.slice(3));
  await store.commit(claims);
});

test('a grant that the server makes long after it was made again changes nothing', async () => {
  const { store, other, recorded, schema } = await open();
  const sent = recorded.sent.length;
  recorded.next(GRANT, () => Promise.reject(connectionLost()));
  const [claim] = (await store.claim(['a'])) as [Claim];
  await store.ledger.begin(claim);
  const grant = recorded.sent.slice(sent).find(({ text }) => GRANT.test(text));
  const late = (): Promise<unknown> => schema.query(grant?.text ?? '', grant?.values);
  await late();
  expect(await store.ledger.find('a')).toMatchObject({ attempts: 1, state: 'claimed' });
  await store.commit([claim]);
  await late();
  expect(await other.ledger.find('a')).toMatchObject({ state: 'posted', owner: null });
});

test.each<[string, (store: SeenStore, claims: readonly Claim[]) => Promise<void>, object]>([
  ['renewed', (store, claims) => store.renew(claims), { state: 'claimed', attempts: 1 }],
  ['committed', (store, claims) => store.commit(claims), { state: 'posted', owner: null }],
  [
    'released with an error',
    (store, claims) => store.release(claims, { error: '500' }),
    { state: 'claimed', attempts: 1, lastError: '500', owner: null },
  ],
  ['released', (store, claims) => store.release(claims), { state: 'claimed', attempts: 0, owner: null }],
  ['failed', (store, claims) => store.fail(claims, 'no'), { state: 'failed', lastError: 'no', owner: null }],
])('claims that were %s without an answer are so once, and nobody is refused', async (_, end, expected) => {
  const { store, recorded } = await open();
  const claims = await store.claim(batch);
  recorded.next(CHANGE, loseAnswer);
  await end(store, claims);
  for (const id of batch) expect(await store.ledger.find(id)).toMatchObject(expected);
});

test.each<[string, (store: SeenStore, claim: Claim) => Promise<unknown>, unknown]>([
  ['begin', ({ ledger }, claim) => ledger.begin(claim), []],
  ['saveIntent', ({ ledger }, claim) => ledger.saveIntent(claim, 'channel'), [{ state: 'open' }]],
  ['savePost', ({ ledger }, claim) => ledger.savePost(claim, 'channel', 'm'), [{ state: 'posted', messageId: 'm' }]],
  [
    'saveFoundPost',
    async ({ ledger }, claim) => expect(await ledger.saveFoundPost(claim, 'channel', 'm')).toBe(true),
    [{ state: 'posted', messageId: 'm' }],
  ],
  ['savePostFailure', ({ ledger }, claim) => ledger.savePostFailure(claim, 'channel', 'no'), [{ state: 'failed' }]],
])('%s without an answer is made once', async (_, step, posts) => {
  const { store, recorded } = await open();
  const [claim] = (await store.claim(['a'])) as [Claim];
  recorded.next(CHANGE, loseAnswer);
  await step(store, claim);
  expect((await store.ledger.find('a'))?.posts).toMatchObject(posts as object);
});

test('a commit without an answer is refused where another store has taken the item meanwhile', async () => {
  const { store, other, recorded } = await open();
  const claims = await store.claim(['a'], { leaseMs: 1 });
  let present: Claim[] = [];
  recorded.next(CHANGE, async () => {
    await expect.poll(async () => (present = await other.claim(['a'])).length).toBe(1);
    throw connectionLost();
  });
  expect(await lostBy(store.commit(claims))).toMatchObject([{ id: 'a', currentToken: present[0]?.token }]);
  expect(await store.isSeen('a')).toBe(false);
});

test('a retry without an answer tells how many dead letters it revived', async () => {
  const { store, recorded } = await open();
  await store.fail(await store.claim(batch), 'no');
  recorded.next(/^COMMIT$/, loseAnswer);
  expect(await store.ledger.retry()).toBe(batch.length);
});
