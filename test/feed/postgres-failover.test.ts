// A PostgreSQL server whose standby takes over, with what it has received and no more.
import { expect, onTestFinished, test } from 'vitest';

import {
  startPostgres,
  startProxy,
  startStandby,
  type LocalPostgres,
  type PostgresProxy,
} from '../../local/postgres/index.ts';
import {
  openSeenStore,
  systemClock,
  type Clock,
  type SeenStore,
  type SeenStoreOptions,
} from '../../src/store/index.ts';
import { clockedPool, makeClockedSchema, withPool } from '../support/clocked-pool.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { notes } from '../support/notes.ts';
import { LATER_MS } from '../support/times.ts';

const schema = 'seen';

interface Cluster {
  /** The address that leads to the primary. */
  readonly url: string;
  /** Lets the standby receive nothing any more. */
  cutOff(): void;
  failOver(): Promise<void>;
}

/** A primary and its standby. */
async function startCluster({ synchronous }: { readonly synchronous: boolean }): Promise<Cluster> {
  const primary = await closedInTheEnd(startPostgres());
  await makeClockedSchema(primary.url(), schema);
  const link = await closedInTheEnd(startProxy(primary));
  const standby = await closedInTheEnd(startStandby(primary, { synchronous, through: link }));
  const front = await closedInTheEnd(startProxy(primary));
  return {
    url: front.url(),
    cutOff: () => link.swallow('both'),
    failOver: async () => {
      await primary.kill();
      await standby.promote();
      front.switchTo(standby);
    },
  };
}

async function closedInTheEnd<Part extends LocalPostgres | PostgresProxy>(starting: Promise<Part>): Promise<Part> {
  const part = await starting;
  onTestFinished(() => part.close());
  return part;
}

/** Opens a store whose database goes by the harness' clock. It waits for the server in real time. */
function opener({ url }: Cluster) {
  return async ({ path: _path, clock: given = systemClock, ...others }: SeenStoreOptions): Promise<SeenStore> => {
    const clock: Clock = { now: () => given.now(), sleep: (...args) => systemClock.sleep(...args) };
    const pool = clockedPool(url, clock);
    pool.on('error', () => undefined);
    return withPool(await openSeenStore({ ...others, pool, schema, clock }), pool);
  };
}

const looks = ({ discord }: DeliveryHarness): number =>
  discord.requests.filter(({ method, path }) => method === 'GET' && path.endsWith('/messages')).length;

test('what an asynchronous standby has not received is found in the channel, long after, and nothing is posted twice', async () => {
  const cluster = await startCluster({ synchronous: false });
  const delivery = { flood: { share: 1, minimum: 1_000 } };
  const harness = await DeliveryHarness.start({ openStore: opener(cluster), delivery });
  await harness.deliver(notes(2));
  // The standby has the store, and perhaps what came before.
  cluster.cutOff();
  await harness.clock.advance(1_000);
  await harness.deliver(notes(8));
  await cluster.failOver();
  await harness.clock.advance(LATER_MS);
  await harness.restart();
  await harness.deliver(notes(10));
  expect(harness.texts()).toEqual(notes(10).map(({ id }) => `${id}: about ${id}`));
  expect(harness.creations()).toHaveLength(10);
  expect(looks(harness)).toBe(1);
  expect(await harness.store.filterUnseen(notes(10).map(({ id }) => id))).toEqual([]);
  expect(harness.logger.of('seen_store_commits_uncertain')).toMatchObject([
    { level: 'warn', fields: { sign: 'timeline' } },
  ]);
});

test('a synchronous standby that takes over under a running process has lost nothing, which costs one look', async () => {
  const cluster = await startCluster({ synchronous: true });
  const harness = await DeliveryHarness.start({ openStore: opener(cluster) });
  await harness.deliver(notes(4));
  await harness.clock.advance(1_000);
  await cluster.failOver();
  expect(await harness.store.filterUnseen(notes(5).map(({ id }) => id))).toEqual(['n5']);
  expect(await harness.deliver(notes(6))).toMatchObject({ skipped: 4, posted: 2 });
  expect(harness.creations()).toHaveLength(6);
  expect(looks(harness)).toBe(1);
  expect(harness.logger.of('seen_store_commits_uncertain')).toHaveLength(1);
});
