import { describe, expect, onTestFinished, test } from 'vitest';

import { noCounts, openSeenStore, type SeenStore } from '../../../src/store/index.ts';
import { ids } from '../../support/ids.ts';
import { clockedPool, withPool } from '../../support/clocked-pool.ts';
import { emptySchema } from '../../support/empty-schema.ts';
import type { OwnSchema } from '../../support/postgres.ts';
import { settableClock } from '../../support/settable-clock.ts';
import { DAY_MS, HOUR_MS, NOON } from '../../support/times.ts';
import { claimOne } from '../stores.ts';

const listed = ids('listed', 20);

/** A database with a clock of its own, and machines whose clocks are off it by what a test says. */
class Machines {
  /** The database's. */
  readonly clock = settableClock();
  readonly #own: OwnSchema;

  private constructor(own: OwnSchema) {
    this.#own = own;
  }

  static async make(): Promise<Machines> {
    return new Machines(await emptySchema());
  }

  async start(offMs: number): Promise<SeenStore> {
    const { url, schema } = this.#own;
    const pool = clockedPool(url, this.clock);
    const clock = { ...this.clock, now: () => this.clock.now() + offMs };
    const store = withPool(await openSeenStore({ pool, schema, clock }), pool);
    onTestFinished(() => store.close());
    return store;
  }

  /** A pass over the feed on one of the machines. */
  async look(store: SeenStore, offMs: number, items: readonly string[] = listed): Promise<void> {
    const at = new Date(this.clock.now() + offMs);
    await store.touch(items);
    const counts = { ...noCounts, total: items.length, skipped: items.length };
    await store.cycles.record({ feed: 'blog', startedAt: at, finishedAt: at, ...counts });
  }

  /** Looks at the feed twice a day. */
  async lookFor(days: number, store: SeenStore, offMs = 0): Promise<void> {
    for (let half = 0; half < days * 2; half += 1) {
      this.clock.advance(DAY_MS / 2);
      await this.look(store, offMs);
    }
  }
}

describe('machines whose clocks differ', () => {
  test('by two hours measure ages as one machine does, whichever looks', async () => {
    const machines = await Machines.make();
    const ahead = await machines.start(HOUR_MS);
    const behind = await machines.start(-HOUR_MS);
    await ahead.markSeen([...listed, 'gone, marked ahead']);
    await behind.markSeen('gone, marked behind');
    for (let day = 0; day < 7; day += 1) {
      await machines.lookFor(0.5, ahead, HOUR_MS);
      await machines.lookFor(0.5, behind, -HOUR_MS);
      expect([await ahead.purgeExpired(), await behind.purgeExpired()]).toEqual([0, 0]);
    }
    await machines.lookFor(0.5, ahead, HOUR_MS);
    expect(await behind.purgeExpired()).toBe(2);
    expect(await ahead.filterUnseen(listed)).toEqual([]);
  });

  test('by two hours know of each other that a feed has had its first run', async () => {
    const machines = await Machines.make();
    const ahead = await machines.start(HOUR_MS);
    const behind = await machines.start(-HOUR_MS);
    await machines.look(ahead, HOUR_MS);
    expect(await behind.cycles.isFirst('blog')).toBe(false);
    await machines.look(behind, -HOUR_MS);
    expect(await ahead.cycles.isFirst('blog')).toBe(false);
    for (const store of [ahead, behind]) {
      expect(await store.cycles.seenShare('blog')).toBe(1);
      expect((await store.stats()).today).toMatchObject({ total: 40 });
    }
  });

  test('by two hours have one day and one budget for what enrichment costs', async () => {
    const machines = await Machines.make();
    machines.clock.set(NOON + 12 * HOUR_MS - 1);
    const ahead = await machines.start(HOUR_MS);
    const behind = await machines.start(-HOUR_MS);
    const day = new Date(NOON - 12 * HOUR_MS);
    await behind.spending.add('blog', { requests: 5 }, { requests: 6 });
    expect(await ahead.spending.today('blog')).toMatchObject({ day, requests: 5 });
    expect(await ahead.spending.add('blog', { requests: 1 })).toMatchObject({ day, requests: 6 });
    machines.clock.advance(1);
    for (const store of [ahead, behind])
      expect(await store.spending.today('blog')).toMatchObject({ day: new Date(NOON + 12 * HOUR_MS), requests: 0 });
    expect((await behind.stats()).spending).toMatchObject([{ requests: 0 }]);
  });

  test('by two hours agree on what fails, and on when it ended', async () => {
    const machines = await Machines.make();
    const ahead = await machines.start(HOUR_MS);
    const behind = await machines.start(-HOUR_MS);
    await ahead.incidents.markTold(await ahead.incidents.open('source', 'down'));
    machines.clock.advance(60_000);
    await behind.incidents.close('source');
    expect(await ahead.incidents.ended()).toMatchObject([{ since: new Date(NOON), overAt: new Date(NOON + 60_000) }]);
    expect(await behind.incidents.open('source', 'down')).toMatchObject({ isRelapse: false });
  });
});

describe('a machine whose clock is wrong, on a database whose clock is right', () => {
  test.each([
    ['nearly a day ahead', 23 * HOUR_MS, true],
    ['years ahead', 12 * 365 * DAY_MS, true],
    ['an hour behind', -HOUR_MS, false],
    ['weeks behind', -21 * DAY_MS, false],
    ['in 1970', 60_000 - NOON, true],
    ['in 1970 without a look', 60_000 - NOON, false],
  ] as const)('%s, makes nothing old and holds back no later purge', async (_, offMs, looks) => {
    const machines = await Machines.make();
    const right = await machines.start(0);
    await right.markSeen([...listed, 'gone']);
    await machines.lookFor(3, right);
    const wrong = await machines.start(offMs);
    expect(await wrong.purgeExpired()).toBe(0);
    await wrong.markSeen('marked meanwhile');
    await wrong.commit([await claimOne(wrong, 'posted meanwhile')]);
    await (looks ? machines.lookFor(3.5, wrong, offMs) : machines.lookFor(3.5, right));
    expect([await right.purgeExpired(), await wrong.purgeExpired()]).toEqual([0, 0]);
    await wrong.close();
    await machines.lookFor(8, right);
    await right.purgeExpired();
    expect(await right.filterUnseen([...listed, 'gone'])).toEqual(['gone']);
  });
});
