// The store's work, counted and not timed: a change that makes it slower shows here, on a machine of any speed.
import { Worker } from 'node:worker_threads';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test, vi } from 'vitest';

import type { SeenStore } from '../../src/store/index.ts';
import { newDatabasePath, openStore } from '../support/database-file.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { turnsDuring } from '../support/event-loop.ts';
import { ids } from '../support/ids.ts';
import { notes } from '../support/notes.ts';
import { walOf } from '../support/wal-counter.ts';

/** Measured, and a page or two more. */
const MOST_PAGES = {
  /** The items' leaves, two indexes, the token. */
  claim: 8,
  /** A leaf of `seen` for each id, and the items' leaves and indexes. */
  commit: 37,
  seenCycle: 3,
} as const;

interface Opened {
  readonly path: string;
  readonly store: SeenStore;
}

/** A store with `rows` ids, whose writer thread runs. */
async function openWith(rows: number): Promise<Opened> {
  const path = newDatabasePath();
  const store = await openStore(path);
  await store.markSeen(['first', ...ids('seen', rows)]);
  return { path, store };
}

/** Returns the SQL of each statement that this thread runs while `work` does. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const database = new BetterSqlite3(':memory:');
  const prototype = Object.getPrototypeOf(database.prepare('SELECT 1')) as Record<'all' | 'get' | 'run', () => unknown>;
  const run: string[] = [];
  const spies = (['all', 'get', 'run'] as const).map((name) => {
    const original = prototype[name];
    return vi.spyOn(prototype, name).mockImplementation(function (this: { source: string }, ...args: never[]) {
      run.push(this.source);
      return original.apply(this as never, args as never);
    });
  });
  try {
    await work();
  } finally {
    spies.forEach((spy) => spy.mockRestore());
    database.close();
  }
  return run;
}

/** Counts the messages that go to threads while `work` runs. */
async function messagesOf(work: () => Promise<unknown>): Promise<number> {
  const post = vi.spyOn(Worker.prototype, 'postMessage');
  try {
    await work();
    return post.mock.calls.length;
  } finally {
    post.mockRestore();
  }
}

describe('a prefilter', () => {
  test.each([1, 150, 1_000])('a prefilter of %i ids is one SELECT', async (count) => {
    const { store } = await openWith(800);
    const batch = [...ids('seen', count).slice(count / 5), ...ids('new', count / 5)];
    const statements = await statementsOf(() => store.filterUnseen(batch));
    expect(statements).toEqual([expect.stringMatching(/^SELECT /)]);
  });

  test('a prefilter of more ids is one SELECT for each thousand', async () => {
    const { store } = await openWith(10);
    expect(await statementsOf(() => store.filterUnseen(ids('new', 5_100)))).toHaveLength(6);
    expect(await statementsOf(() => store.ledger.filterUnknown(ids('new', 5_100)))).toHaveLength(6);
  });

  test('a prefilter sends nothing to the writer thread', async () => {
    const { store } = await openWith(10);
    expect(await messagesOf(() => store.filterUnseen(ids('new', 150)))).toBe(0);
  });
});

test('isSeen is one SELECT', async () => {
  const { store } = await openWith(10);
  expect(await statementsOf(() => store.isSeen('new'))).toHaveLength(1);
});

describe('the writes of one turn of the event loop', () => {
  test('the writes of one turn are one message and one transaction', async () => {
    const { path, store } = await openWith(10);
    const marks = () => Promise.all(ids('new', 50).map((id) => store.markSeen(id)));
    let messages = 0;
    const { commits } = await walOf(path, async () => {
      messages = await messagesOf(marks);
    });
    expect({ messages, commits }).toEqual({ messages: 1, commits: 1 });
  });

  test('a write runs no statement in this thread', async () => {
    const { store } = await openWith(10);
    expect(await statementsOf(() => store.markSeen('new'))).toEqual([]);
  });
});

describe('30 new ids, spread over a store of 20,000', () => {
  async function openWide(): Promise<Opened & { batch: string[] }> {
    const opened = await openWith(20_000);
    const batch = ids('seen', 20_000).filter((_, index) => index % 667 === 300);
    return { ...opened, batch: batch.map((id) => `${id}-new`) };
  }

  test('new ids are claimed by one message, in one transaction', async () => {
    const { path, store, batch } = await openWide();
    let messages = 0;
    const { commits, pages } = await walOf(path, async () => {
      messages = await messagesOf(() => store.claim(batch));
    });
    expect({ messages, commits }).toEqual({ messages: 1, commits: 1 });
    expect(pages).toBeLessThanOrEqual(MOST_PAGES.claim);
  });

  test('a claim of what somebody else has writes no page', async () => {
    const { path, store, batch } = await openWide();
    await store.claim(batch);
    const { commits, pages } = await walOf(path, () => store.claim(batch));
    expect({ commits, pages }).toEqual({ commits: 0, pages: 0 });
  });

  test('claims are committed by one message, in one transaction that writes each leaf once', async () => {
    const { path, store, batch } = await openWide();
    const claims = await store.claim(batch);
    let messages = 0;
    const { commits, pages } = await walOf(path, async () => {
      messages = await messagesOf(() => store.commit(claims));
    });
    expect({ claims: claims.length, messages, commits }).toEqual({ claims: 30, messages: 1, commits: 1 });
    expect(pages).toBeLessThanOrEqual(MOST_PAGES.commit);
  });
});

describe('a cycle over a feed of 150 items that have all been seen', () => {
  test('a cycle in which everything has been seen writes one transaction: the record of itself', async () => {
    const harness = await DeliveryHarness.start();
    await harness.deliver(notes(150));
    const { commits, pages } = await walOf(harness.path, () => harness.deliver(notes(150)));
    expect(commits).toBe(1);
    expect(pages).toBeLessThanOrEqual(MOST_PAGES.seenCycle);
  });

  test('a cycle in which everything has been seen reads with few statements', async () => {
    const harness = await DeliveryHarness.start();
    await harness.deliver(notes(150));
    const statements = await statementsOf(() => harness.deliver(notes(150)));
    expect(statements.length).toBeLessThanOrEqual(12);
  });
});

test('the event loop runs after each thousand of the items that are counted', async () => {
  const { store } = await openWith(0);
  await store.claim(ids('item', 2_100));
  expect(await turnsDuring(store.ledger.counts())).toBeGreaterThanOrEqual(3);
});
