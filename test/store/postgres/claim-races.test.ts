// Owners that meet on the same rows, in whatever order. The server would end one statement of a circle a second later,
// and the store make it again: so what each statement ended in is looked at, and not only what the store says.
import { Client } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';

import { openSeenStore, type Claim, type SeenStore } from '../../../src/store/index.ts';
import { lostBy } from '../../contract/stores.ts';
import { seededRandom } from '../../support/hostile-text.ts';
import { emptySchema } from '../../support/empty-schema.ts';
import { ids } from '../../support/ids.ts';
import type { OwnSchema } from '../../support/postgres.ts';
import { RecordedPool } from '../../support/recorded-pool.ts';
import { openRecorded } from '../../support/recorded-store.ts';
import { HOUR_MS } from '../../support/times.ts';

const OWNERS = 6;
const items = ids('item', 150);

interface Owner {
  readonly store: SeenStore;
  readonly recorded: RecordedPool;
  /** Shuffles a list in this owner's own way, another one each time. */
  shuffle<Element>(list: readonly Element[]): Element[];
}

/** Owners with connections of their own. */
async function openOwners(): Promise<readonly Owner[]> {
  const { url, schema } = await emptySchema();
  const owners: Owner[] = [];
  onTestFinished(async () => {
    await Promise.all(owners.map(({ store }) => store.close()));
    await Promise.all(owners.map(({ recorded }) => recorded.pool.end()));
  });
  for (let number = 1; number <= OWNERS; number += 1) {
    const recorded = new RecordedPool(url);
    owners.push({ store: await openSeenStore({ pool: recorded.pool, schema }), recorded, shuffle: shuffler(number) });
  }
  return owners;
}

/** A sequence of shuffles that a seed decides. */
function shuffler(seed: number): Owner['shuffle'] {
  const random = seededRandom(seed);
  return (list) =>
    list
      .map((element) => ({ element, turn: random() }))
      .toSorted((one, other) => one.turn - other.turn)
      .map(({ element }) => element);
}

function failuresOf(owners: readonly Owner[]): unknown[] {
  return owners.flatMap(({ recorded }) => recorded.failures);
}

test(`${OWNERS} owners that claim the same ids in different orders get each once, and none waits in a circle`, async () => {
  const owners = await openOwners();
  const granted = await Promise.all(owners.map(({ store, shuffle }) => store.claim(shuffle(items))));
  expect(granted.flatMap((claims) => claims.map(({ id }) => id)).toSorted()).toEqual(items);
  expect(failuresOf(owners)).toEqual([]);
});

test(`whatever ${OWNERS} owners do with the same items at the same time, each is posted once, and none is lost`, async () => {
  const owners = await openOwners();
  const posted: string[] = [];

  /** Settles some of the claims in every way at once, and commits the rest. */
  const settle = async ({ store, shuffle }: Owner, claims: readonly Claim[]): Promise<void> => {
    const given = claims.filter((_, index) => index % 3 === 0);
    const kept = claims.filter((_, index) => index % 3 !== 0);
    await Promise.all([
      store.renew(shuffle(kept)),
      store.release(shuffle(given), { error: '500' }),
      store.touch(shuffle(items)),
      store.markSeen(shuffle(items).map((id) => `another ${id}`)),
    ]);
    expect(await lostBy(store.commit(shuffle(kept)))).toBeNull();
    posted.push(...kept.map(({ id }) => id));
  };

  const work = async (owner: Owner): Promise<void> => {
    const { store, shuffle } = owner;
    for (let round = 0; posted.length < items.length && round < 12; round += 1) {
      await settle(owner, await store.claim(shuffle(items).slice(0, 60)));
      await settle(owner, await store.claimWaiting({ limit: 20 }));
      await store.purge({ olderThan: new Date(0) });
    }
  };

  await Promise.all(owners.map(work));
  const [{ store } = {} as Owner] = owners;
  const rest = await store.claim(items);
  expect([...posted, ...rest.map(({ id }) => id)].toSorted()).toEqual(items);
  expect(await store.filterUnseen(items)).toHaveLength(rest.length);
  expect(failuresOf(owners)).toEqual([]);
});

test('owners that claim what waits at the same time share nothing, and leave nothing', async () => {
  const owners = await openOwners();
  const [{ store } = {} as Owner] = owners;
  await store.release(await store.claim(items));
  const granted = await Promise.all(owners.map((owner) => owner.store.claimWaiting({ limit: items.length / OWNERS })));
  expect(granted.flatMap((claims) => claims.map(({ id }) => id)).toSorted()).toEqual(items);
  expect(failuresOf(owners)).toEqual([]);
});

test('an owner that renews the same claims in different orders at the same time never waits in a circle', async () => {
  const owners = await openOwners();
  const [{ store, shuffle } = {} as Owner] = owners;
  const claims = await store.claim(items);
  for (let round = 0; round < 10; round += 1) {
    await Promise.all([1, 2, 3, 4].map(() => store.renew(shuffle(claims))));
  }
  expect(failuresOf(owners)).toEqual([]);
});

test('a purge of all that was seen, beside claims and commits of the same items, never waits in a circle', async () => {
  const owners = await openOwners();
  const [purging, ...working] = owners;
  const over = new AbortController();
  const purge = async (): Promise<void> => {
    while (!over.signal.aborted) await purging?.store.purge({ olderThan: new Date(Date.now() + HOUR_MS) });
  };
  const work = async ({ store, shuffle }: Owner): Promise<void> => {
    for (let round = 0; round < 8; round += 1) {
      const claims = await store.claim(shuffle(items));
      await Promise.all([store.commit(shuffle(claims)), store.markSeen(shuffle(items))]);
    }
  };
  const purged = purge();
  await Promise.all(working.map(work));
  over.abort();
  await purged;
  expect(failuresOf(owners)).toEqual([]);
});

test('a posted item that is marked again while a purge waits for its id keeps its entry in the ledger', async () => {
  const { store, schema } = await openRecorded();
  const [claim] = (await store.claim(['a'])) as [Claim];
  await store.ledger.savePost(claim, 'channel', 'message');
  await store.commit([claim]);
  const client = new Client({ connectionString: schema.url });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`BEGIN; UPDATE ${schema.schema}.seen SET ts = ts + 7200 WHERE id = 'a'`);
  const purged = store.purge({ olderThan: new Date(Date.now() + HOUR_MS) });
  const waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1";
  await expect.poll(() => schema.query(waiting, [`%${schema.schema}%`])).toHaveLength(1);
  await client.query('COMMIT');
  expect(await purged).toMatchObject({ deleted: 0 });
  expect(await store.ledger.find('a')).toMatchObject({ posts: [{ messageId: 'message' }] });
});

/** Holds back all grants until it is called. */
async function holdGrants({ url, schema }: OwnSchema): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`BEGIN; SELECT FROM ${schema}.seen_token FOR UPDATE`);
  return async () => {
    await client.query('COMMIT');
  };
}

describe.each<[string, (store: SeenStore) => Promise<Claim[]>]>([
  ['claim', (store) => store.claim(['a'])],
  ['claimWaiting', (store) => store.claimWaiting()],
])('while a %s waits for its turn', (_, claimAgain) => {
  /** Claims an item whose lease has run out, lets its owner do something meanwhile, and returns what was claimed. */
  async function claimMeanwhile(work: (owner: SeenStore, late: Claim) => Promise<void>): Promise<Claim[]> {
    const { store, reopen, schema } = await openRecorded();
    const owner = await reopen();
    const [late] = (await owner.claim(['a'], { leaseMs: 1 })) as [Claim];
    await expect.poll(() => store.ledger.counts()).toMatchObject({ waiting: 1 });
    const letGo = await holdGrants(schema);
    const claims = claimAgain(store);
    const waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1";
    await expect.poll(() => schema.query(waiting, [`%${schema.schema}%`])).toHaveLength(1);
    await work(owner, late);
    await letGo();
    return claims;
  }

  test('its item may get another post: the claim tells of it', async () => {
    const claims = await claimMeanwhile((owner, late) => owner.ledger.savePost(late, 'channel', 'message'));
    expect(claims).toMatchObject([{ id: 'a', posts: [{ state: 'posted', messageId: 'message' }] }]);
  });

  test('its item may be enriched: the claim has the enrichment', async () => {
    const claims = await claimMeanwhile((owner, late) => owner.ledger.saveEnrichment(late, 'summary'));
    expect(claims).toMatchObject([{ id: 'a', enrichment: 'summary' }]);
  });

  test.each<[string, (owner: SeenStore, late: Claim) => Promise<void>]>([
    ['be committed', (owner, late) => owner.commit([late])],
    ['be renewed', (owner, late) => owner.renew([late])],
    ['become a dead letter', (owner, late) => owner.fail([late], 'no')],
    ['be given back for later', (owner, late) => owner.release([late], { retryAt: new Date(Date.now() + 60_000) })],
  ])('its item may %s: it is not granted', async (_end, end) => {
    expect(await claimMeanwhile(end)).toEqual([]);
  });
});
