import { REST } from 'discord.js';
import { describe, expect, onTestFinished, test } from 'vitest';

import { ids, startLocalDiscord } from '../../../local/discord/index.ts';
import { Delivery } from '../../../src/feed/pipeline.ts';
import { openSeenStore, SeenStoreOpenError, systemClock as clock, type SeenStore } from '../../../src/store/index.ts';
import { newOwner } from '../../../src/store/owner.ts';
import { resolveSeenStoreOptions, resolveSqliteOptions } from '../../../src/store/options.ts';
import { movableDatabase } from '../../../src/store/databases.ts';
import { moveRows, type MovableDatabase } from '../../../src/store/transfer/move.ts';
import { emptyDatabase } from '../../support/empty-database.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { NoteFeed, notes } from '../../support/notes.ts';
import { ownSchema, type OwnSchema } from '../../support/postgres.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

interface Opened {
  readonly own: OwnSchema;
  readonly store: SeenStore;
  readonly place: MovableDatabase;
  /** Moves the database into a file. */
  move(): Promise<unknown>;
  /** The same, past a store of which nothing was noted for too long. */
  moveUnnoticed(): Promise<unknown>;
}

async function open(): Promise<Opened> {
  const own = await ownSchema();
  const { url, schema } = own;
  const store = await openSeenStore({ url, schema });
  onTestFinished(() => store.close());
  const place = movableDatabase(resolveSeenStoreOptions({ url, schema }, {}));
  const move = (): Promise<unknown> =>
    moveRows(place, movableDatabase(resolveSqliteOptions({ path: emptyDatabase() }, {})), { clock });
  const moveUnnoticed = async (): Promise<unknown> => {
    await own.query(`DELETE FROM ${schema}.seen_presence`);
    return move();
  };
  return { own, store, place, move, moveUnnoticed };
}

describe('a store that has its PostgreSQL database open', () => {
  test('keeps others from moving it away, although it does nothing and has no connection', async () => {
    const { own, store, move } = await open();
    await expect(move()).rejects.toThrow(new RegExp(`is in use by process ${process.pid} on .*Stop the bot`));
    await own.query(`UPDATE ${own.schema}.seen_presence SET noted_at = noted_at - 100000`);
    await expect(move()).rejects.toThrow('is in use');
    await store.close();
    await move();
  });

  test('is noted again each minute, and counts no more some time after it was cut off', async () => {
    const { url, schema, query } = await ownSchema();
    const manual = new ManualClock();
    const store = await openSeenStore({ url, schema, clock: manual });
    onTestFinished(() => store.close());
    const age = async (): Promise<number> => {
      const [row] = await query(`SELECT ${schema}.seen_now() - noted_at AS age FROM ${schema}.seen_presence`);
      return Number(row?.['age']);
    };
    await query(`UPDATE ${schema}.seen_presence SET noted_at = noted_at - 140000`);
    expect(await age()).toBeGreaterThan(130_000);
    await manual.advance(60_000);
    await expect.poll(age).toBeLessThan(130_000);
    await query(`UPDATE ${schema}.seen_presence SET noted_at = noted_at - 300000`);
    const place = movableDatabase(resolveSeenStoreOptions({ url, schema }, {}));
    const source = await place.openSource();
    expect(source.isInUse).toBe(false);
    await source.close();
  });

  test('counts as gone once its process is dead, where that can be told', async () => {
    const { own, store, place } = await open();
    await store.close();
    const [machine] = newOwner().split('|');
    const isInUseBy = async (owner: string): Promise<boolean> => {
      const note = `INSERT INTO ${own.schema}.seen_presence SELECT $1, ${own.schema}.seen_now()`;
      await own.query(note, [owner]);
      const source = await place.openSource();
      await source.close();
      return source.isInUse;
    };
    expect(await isInUseBy(`${machine}|99999999|1|dead`)).toBe(false);
    expect(await isInUseBy('elsewhere/boot/pid|1|1|unknown')).toBe(true);
  });
});

describe('a store whose PostgreSQL database was moved away meanwhile', () => {
  test('refuses everything that leads to a post, saying where the database was moved', async () => {
    const { store, moveUnnoticed } = await open();
    const [claim] = await store.claim(['begun'], { feed: 'news' });
    if (claim === undefined) throw new Error('nothing was granted');
    await moveUnnoticed();
    const refused = [
      () => store.claim(['new'], { feed: 'news' }),
      () => store.claimWaiting({ feed: 'news' }),
      () => store.markSeen(['new']),
      () => store.filterUnseen(['new']),
      () => store.ledger.saveIntent(claim, '1'),
      () => store.commit([claim]),
    ];
    for (const attempt of refused) {
      const attempted = attempt();
      await expect(attempted).rejects.toThrow(SeenStoreOpenError);
      await expect(attempted).rejects.toThrow(/is out of service: it was moved to .*Set SEEN_DB_/);
    }
  });

  test.each(['deliver', 'hold'] as const)('lets its feed post nothing, with %s', async (onStoreError) => {
    const { store, moveUnnoticed } = await open();
    const discord = await startLocalDiscord();
    onTestFinished(() => discord.close());
    const rest = new REST({ api: discord.api, version: '10', retries: 0 }).setToken(discord.token);
    const options = { firstRun: 'post', onStoreError } as const;
    const delivery = new Delivery({ feed: new NoteFeed(), store, rest, clock, logger: new RecordingLogger(), options });
    const run = (count: number): Promise<unknown> =>
      delivery.run({ items: notes(count), complete: true }, new AbortController().signal);
    await run(2);
    await moveUnnoticed();
    await expect(run(3)).rejects.toThrow('it was moved to');
    await expect(run(4)).rejects.toThrow('it was moved to');
    expect(discord.messages(ids.announcements)).toHaveLength(2);
  });
});
