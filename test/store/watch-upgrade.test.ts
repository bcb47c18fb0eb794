import { expect, onTestFinished, test } from 'vitest';

import { openSeenStore, type SeenStore } from '../../src/store/index.ts';
import { newDatabasePath } from '../support/database-file.ts';
import { settableClock } from '../support/settable-clock.ts';
import { DAY_MS, NOON } from '../support/times.ts';
import { takeBackTo010 } from '../support/version-0-1-0.ts';

interface OldCycle {
  readonly feed: string;
  /** In days after `NOON`. */
  readonly day: number;
  readonly total: number;
}

/** A file as version 0.1.0 left it, whose feeds have had these cycles. */
async function oldFile(cycles: readonly OldCycle[], marks: Readonly<Record<string, number>>): Promise<string> {
  const path = newDatabasePath();
  const store = await openSeenStore({ path, clock: settableClock() });
  for (const [id, day] of Object.entries(marks)) await store.markSeen(id, (NOON + day * DAY_MS) / 1000);
  await store.close();
  takeBackTo010(path, (db) => {
    const insert = db.prepare(
      `INSERT INTO seen_cycle (feed, started_at, finished_at, total, skipped, enriched, posted, marked, failed, held)
       VALUES (@feed, @at, @at, @total, 0, 0, 0, 0, 0, 0)`,
    );
    for (const { feed, day, total } of cycles) insert.run({ feed, total, at: NOON + day * DAY_MS });
  });
  return path;
}

async function openAt(path: string, day: number): Promise<SeenStore> {
  const store = await openSeenStore({ path, clock: settableClock(NOON + day * DAY_MS) });
  onTestFinished(() => store.close());
  return store;
}

const daily = (feed: string, from: number, to: number, total = 1): OldCycle[] =>
  Array.from({ length: to - from + 1 }, (_, n) => ({ feed, day: from + n, total }));

test('the pause before an upgrade ages nothing', async () => {
  const path = await oldFile(daily('blog', 0, 9), { listed: 9, gone: 1 });
  const store = await openAt(path, 40);
  expect(await store.purgeExpired()).toBe(1);
  expect(await store.filterUnseen(['listed', 'gone'])).toEqual(['gone']);
});

test('a pause between the cycles that are remembered ages nothing either, nor do cycles that listed nothing', async () => {
  const cycles = [...daily('blog', 0, 2), ...daily('blog', 3, 20, 0), ...daily('blog', 21, 24)];
  const store = await openAt(await oldFile(cycles, { a: 0, b: -4 }), 24);
  expect(await store.purgeExpired()).toBe(1);
  expect(await store.filterUnseen(['a', 'b'])).toEqual(['b']);
});

test('of two feeds, the one that fell silent before the upgrade keeps its ids, and neither is new', async () => {
  const cycles = [...daily('silent', 0, 3), ...daily('blog', 0, 20), ...daily('empty', 0, 20, 0)];
  const store = await openAt(await oldFile(cycles, { silent: 3 }), 20);
  expect(await store.purgeExpired()).toBe(0);
  expect(await store.cycles.isFirst('silent')).toBe(false);
  expect(await store.cycles.isFirst('empty')).toBe(false);
  expect(await store.cycles.isFirst('new')).toBe(true);
});
