// A server that may lack the row of a leader. A true standby takes over in feed/postgres-failover.test.ts.
import { expect, onTestFinished, test } from 'vitest';

import { openSeenStore, type SeenStore } from '../../../src/store/index.ts';
import { emptySchema } from '../../support/empty-schema.ts';
import type { OwnSchema } from '../../support/postgres.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { clockedPool, withPool } from '../../support/clocked-pool.ts';
import { settableClock, type SettableClock } from '../../support/settable-clock.ts';

interface Opened {
  readonly own: OwnSchema;
  readonly logger: RecordingLogger;
  readonly clock: SettableClock;
  readonly one: SeenStore;
  readonly other: SeenStore;
}

const LEASE_MS = 15_000;

async function open(): Promise<Opened> {
  const own = await emptySchema();
  const logger = new RecordingLogger();
  const clock = settableClock();
  const openOne = async (): Promise<SeenStore> => {
    const pool = clockedPool(own.url, clock);
    const store = withPool(await openSeenStore({ pool, schema: own.schema, logger, clock }), pool);
    onTestFinished(() => store.close());
    return store;
  };
  return { own, logger, clock, one: await openOne(), other: await openOne() };
}

const promote = ({ own }: Opened) => own.query(`UPDATE ${own.schema}.seen_server SET timeline = '00000000'`);

test('a promoted server that lacks the leader elects nobody while the former one may trust its term', async () => {
  const opened = await open();
  const { own, clock, one, other, logger } = opened;
  expect(await one.leadership.campaign('news')).not.toBeNull();
  await own.query(`DELETE FROM ${own.schema}.seen_leader`);
  await promote(opened);
  expect(await other.leadership.campaign('news')).toBeNull();
  expect(logger.of('seen_store_commits_uncertain')).toMatchObject([{ fields: { sign: 'timeline' } }]);
  clock.advance(LEASE_MS - 1);
  expect(await other.leadership.campaign('news')).toBeNull();
  clock.advance(1);
  expect(await other.leadership.campaign('news')).not.toBeNull();
  expect(logger.of('seen_store_commits_uncertain')).toHaveLength(1);
});

test('a server that lacks a resignation does not let the one that had resigned go on', async () => {
  const opened = await open();
  const { clock, one } = opened;
  expect(await one.leadership.campaign('news')).not.toBeNull();
  await promote(opened);
  expect(await one.leadership.campaign('news')).toBeNull();
  clock.advance(LEASE_MS);
  expect(await one.leadership.campaign('news')).not.toBeNull();
});

test('nor is anybody elected after a loss that a claim has noticed, while a leader goes on renewing', async () => {
  const opened = await open();
  const { clock, one, other } = opened;
  const term = await one.leadership.campaign('news');
  await promote(opened);
  await other.claim(['a']);
  clock.advance(LEASE_MS - 1);
  if (term !== null) await one.leadership.renew(term);
  expect(await other.leadership.campaign('sport')).toBeNull();
  clock.advance(1);
  expect(await other.leadership.campaign('sport')).not.toBeNull();
  expect(await other.leadership.campaign('news')).toBeNull();
});

test('a longer term of the same name is waited for', async () => {
  const opened = await open();
  const { clock, one, other } = opened;
  const term = await one.leadership.campaign('news', { leaseMs: 4 * LEASE_MS });
  if (term !== null) await one.leadership.resign(term);
  await promote(opened);
  expect(await other.leadership.campaign('news')).toBeNull();
  clock.advance(4 * LEASE_MS - 1);
  expect(await other.leadership.campaign('news')).toBeNull();
  clock.advance(1);
  expect(await other.leadership.campaign('news')).not.toBeNull();
});
