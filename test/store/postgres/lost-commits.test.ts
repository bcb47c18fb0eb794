// The signs by which a PostgreSQL server shows that it may have lost commits: a true standby takes over in
// feed/postgres-failover.test.ts.
import { expect, onTestFinished, test } from 'vitest';

import { openSeenStore, type SeenStore } from '../../../src/store/index.ts';
import { keepSchema } from '../../contract/postgres/kept-schema.ts';
import { ids } from '../../support/ids.ts';
import { ownSchema, type OwnSchema } from '../../support/postgres.ts';
import { loseAnswer, RecordedPool } from '../../support/recorded-pool.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

interface Opened {
  readonly own: OwnSchema;
  readonly logger: RecordingLogger;
  readonly store: SeenStore;
  openAnother(): Promise<SeenStore>;
  /** Opens another store, on a pool that can hold up what it sends. */
  openRecorded(): Promise<{ readonly recorded: RecordedPool; readonly recordedStore: SeenStore }>;
}

/** A store in a schema of its own, which has granted something. */
async function open(): Promise<Opened> {
  const own = await ownSchema();
  const logger = new RecordingLogger();
  const openAnother = async (): Promise<SeenStore> => {
    const store = await openSeenStore({ url: own.url, schema: own.schema, logger });
    onTestFinished(() => store.close());
    return store;
  };
  const openRecorded: Opened['openRecorded'] = async () => {
    const recorded = new RecordedPool(own.url);
    const recordedStore = await openSeenStore({ pool: recorded.pool, schema: own.schema, logger });
    onTestFinished(async () => {
      await recordedStore.close();
      await recorded.pool.end();
    });
    return { recorded, recordedStore };
  };
  const store = await openAnother();
  expect((await store.claim(['first']))[0]?.uncertainty).toBeNull();
  return { own, logger, store, openAnother, openRecorded };
}

const promote = ({ own }: Pick<Opened, 'own'>, timeline = '00000000') =>
  own.query(`UPDATE ${own.schema}.seen_server SET timeline = '${timeline}'`);

const lossesOf = ({ own }: Pick<Opened, 'own'>) =>
  own.query(`SELECT since, noticed_at FROM ${own.schema}.seen_loss ORDER BY since`);

/** The statements by which a store notes what it has found. */
const noting = /pg_advisory_xact_lock|INSERT INTO \S*seen_loss/;

const signsIn = (logger: RecordingLogger): unknown[] =>
  logger.of('seen_store_commits_uncertain').map(({ fields }) => fields['sign']);

test.each([
  ['timeline', "timeline = '00000000'"],
  ['server', "name = '1'"],
  ['copy', "database = '1', written_by = pg_current_xact_id()::xid::text"],
])('another %s is a sign, told once', async (sign, change) => {
  const { own, logger, store } = await open();
  await own.query(`UPDATE ${own.schema}.seen_server SET ${change}`);
  expect((await store.claim(['a']))[0]?.uncertainty).not.toBeNull();
  expect((await store.claim(['b']))[0]?.uncertainty).not.toBeNull();
  expect(signsIn(logger)).toEqual([sign]);
});

test('a dump that is restored into the same server while no store is open is a sign', async () => {
  const { own, logger, store, openAnother } = await open();
  const restore = await keepSchema(own.url, own.schema);
  await store.commit(await store.claim(['posted after the dump']));
  await store.close();
  await restore();
  const restarted = await openAnother();
  expect((await restarted.claim(['posted after the dump']))[0]?.uncertainty).not.toBeNull();
  expect((await restarted.claim(['b']))[0]?.uncertainty).not.toBeNull();
  expect(signsIn(logger)).toEqual(['copy']);
});

test('a vacuum that freezes and rewrites the tables is no sign', async () => {
  const { own, logger, store } = await open();
  await own.query(`VACUUM (FULL, FREEZE) ${own.schema}.seen_server`);
  expect((await store.claim(['a']))[0]?.uncertainty).toBeNull();
  expect(signsIn(logger)).toEqual([]);
});

test('six stores that ask a new primary at once, for items and a term, note one loss, and each claim is uncertain', async () => {
  const { own, logger, openAnother } = await open();
  const stores = await Promise.all(Array.from({ length: 6 }, openAnother));
  await Promise.all(stores.map((store, index) => store.claim([`of store ${index}`])));
  await promote({ own });
  const wanted = ids('item', 40);
  const [claims, terms] = await Promise.all([
    Promise.all(stores.map((store) => store.claim(wanted))),
    Promise.all(stores.map((store) => store.leadership.campaign('news'))),
  ]);
  expect(terms.filter((term) => term !== null)).toEqual([]);
  expect(
    claims
      .flat()
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(wanted);
  expect(claims.flat().filter(({ uncertainty }) => uncertainty === null)).toEqual([]);
  expect(await own.query(`SELECT since FROM ${own.schema}.seen_loss`)).toHaveLength(1);
  expect(signsIn(logger)).toEqual(['timeline']);
});

test('a store that notes a loss after another one has noted it, and was given tokens since, notes no other loss', async () => {
  const opened = await open();
  const { logger, store, openRecorded } = opened;
  const { recorded, recordedStore } = await openRecorded();
  await promote(opened);
  recorded.next(noting, async (send) => {
    await store.claim(['a']);
    return send();
  });
  expect((await recordedStore.claim(['b']))[0]?.uncertainty).not.toBeNull();
  expect(await lossesOf(opened)).toHaveLength(1);
  expect(signsIn(logger)).toEqual(['timeline']);
});

test('a token that one store misses is no other loss than a lower one that another store misses', async () => {
  const opened = await open();
  const { own, logger, store, openRecorded } = opened;
  const { recorded, recordedStore } = await openRecorded();
  await own.query(
    `CREATE OR REPLACE FUNCTION ${own.schema}.seen_timeline() RETURNS text LANGUAGE sql AS 'SELECT null::text'`,
  );
  await recordedStore.claim(['a']);
  await store.claim(['b']);
  await own.query(`UPDATE ${own.schema}.seen_token SET value = 5`);
  recorded.next(/^COMMIT/, async (send) => {
    const answer = await send();
    await store.claim(['c']);
    return answer;
  });
  await recordedStore.claim(['d']);
  expect((await lossesOf(opened)).map(({ since }) => Number(since))).toEqual([5]);
  expect(signsIn(logger)).toEqual(['token']);
});

test('a second loss right after the first, before anything was granted, is another one', async () => {
  const opened = await open();
  const { logger, store, openRecorded } = opened;
  const { recorded, recordedStore } = await openRecorded();
  await promote(opened);
  recorded.next(/^COMMIT/, async (send) => {
    const answer = await send();
    await promote(opened, '00000009');
    return answer;
  });
  const [claim] = await recordedStore.claim(['a']);
  const losses = await lossesOf(opened);
  expect(losses).toHaveLength(2);
  expect(claim?.uncertainty).toEqual({
    since: new Date(Number(losses[0]?.['since'])),
    until: new Date(Number(losses[1]?.['noticed_at'])),
  });
  expect(signsIn(logger)).toEqual(['timeline', 'timeline']);
  await store.claim(['b']);
  expect(await lossesOf(opened)).toHaveLength(2);
});

test('a store that was suspended during two losses adds none, and its claims are uncertain since the first', async () => {
  const opened = await open();
  const { store, openAnother } = opened;
  const other = await openAnother();
  await store.claim(['a']);
  for (const timeline of ['00000000', '00000009']) {
    await promote(opened, timeline);
    await other.claim([`another of ${timeline}`]);
  }
  const losses = await lossesOf(opened);
  expect(losses).toHaveLength(2);
  expect((await store.claim(['b']))[0]?.uncertainty?.since).toEqual(new Date(Number(losses[0]?.['since'])));
  expect(await lossesOf(opened)).toEqual(losses);
});

test('a loss is told once where the answer to its note was lost', async () => {
  const opened = await open();
  const { recorded, recordedStore } = await opened.openRecorded();
  await promote(opened);
  recorded.next(/^COMMIT/, loseAnswer);
  expect((await recordedStore.claim(['a']))[0]?.uncertainty).not.toBeNull();
  expect(await lossesOf(opened)).toHaveLength(1);
  expect(signsIn(opened.logger)).toEqual(['timeline']);
});

test('a database that is in service again when its store looks closer still shows a loss', async () => {
  const opened = await open();
  const { own, logger } = opened;
  const { recorded, recordedStore } = await opened.openRecorded();
  await own.query(
    `INSERT INTO ${own.schema}.seen_move (direction, peer_id, peer, begun_at, running, used)
     VALUES ('departure', '1', 'elsewhere', 1, 0, 0)`,
  );
  await promote(opened);
  recorded.next(/INSERT INTO \S*seen_item/, async (send) => {
    const answer = await send();
    await own.query(`DELETE FROM ${own.schema}.seen_move`);
    return answer;
  });
  expect((await recordedStore.claim(['a']))[0]?.uncertainty).not.toBeNull();
  expect(signsIn(logger)).toEqual(['timeline']);
});

test('a server that does not tell its timeline is named once, and a token is still a sign', async () => {
  const { own, logger, store } = await open();
  await own.query(
    `CREATE OR REPLACE FUNCTION ${own.schema}.seen_timeline() RETURNS text LANGUAGE sql AS 'SELECT null::text'`,
  );
  for (const id of ['a', 'b']) expect((await store.claim([id]))[0]?.uncertainty).toBeNull();
  expect(logger.of('seen_store_failovers_unseen')).toHaveLength(1);
  await own.query(`UPDATE ${own.schema}.seen_token SET value = 5`);
  expect((await store.claim(['c']))[0]?.uncertainty).toMatchObject({ since: new Date(5) });
  expect(signsIn(logger)).toEqual(['token']);
});

test('a server that begins to tell its timeline is no sign, and is compared from then on', async () => {
  const { own, logger, store } = await open();
  await own.query(`UPDATE ${own.schema}.seen_server SET timeline = NULL, name = NULL, written_by = NULL`);
  expect((await store.claim(['a']))[0]?.uncertainty).toBeNull();
  expect(signsIn(logger)).toEqual([]);
  const [row] = await own.query(`SELECT timeline, name FROM ${own.schema}.seen_server`);
  expect(row).toEqual({
    timeline: expect.stringMatching(/^[0-9A-F]{8}$/) as string,
    name: expect.stringMatching(/^\d+$/) as string,
  });
});
