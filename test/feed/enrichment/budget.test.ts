import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';

import { FeedEnrichmentError } from '../../../src/index.ts';
import { DailyBudget } from '../../../src/feed/enrichment/budget.ts';
import type { EnrichmentMeter } from '../../../src/feed/feed.ts';
import type { DeliveryOptions } from '../../../src/feed/options.ts';
import { systemClock, telemetry, type Spending, type SpendingEvent } from '../../../src/store/index.ts';
import { secondProcess, startWithAdmins, told } from '../../support/admin-channel.ts';
import { newDatabasePath, openStore } from '../../support/database-file.ts';
import type { DeliveryHarness } from '../../support/delivery-harness.ts';
import { NoteFeed, notes, type Note, type Summary } from '../../support/notes.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../support/times.ts';
import { holdWriteLock } from '../../support/write-lock.ts';

/** A feed whose enrichments cost something. */
class CostlyFeed extends NoteFeed {
  /** Spends, before the enrichment is made. */
  spend: (meter: EnrichmentMeter, note: Note, signal: AbortSignal) => unknown = () => undefined;

  override async enrich(note: Note, signal: AbortSignal, meter?: EnrichmentMeter): Promise<Summary> {
    if (meter === undefined) throw new Error('enrich was given no meter');
    await this.spend(meter, note, signal);
    return super.enrich(note, signal);
  }
}

async function startCostly(delivery: DeliveryOptions, spend?: CostlyFeed['spend']) {
  const store = { busyTimeoutMs: 60 };
  const feed = new CostlyFeed();
  if (spend !== undefined) feed.spend = spend;
  const harness = await startWithAdmins({ feed, store, delivery: { maxConcurrent: 1, ...delivery } });
  return { feed, harness };
}

/** The notes that were posted without an enrichment. */
function plain(harness: DeliveryHarness): string[] {
  return harness.texts().flatMap((text) => (text.endsWith(': plain') ? [text.slice(0, -': plain'.length)] : []));
}

function reasons(harness: DeliveryHarness): unknown[] {
  return harness.logger.of('feed_item_plain').map(({ fields }) => fields['reason']);
}

async function spent({ store }: DeliveryHarness) {
  const { requests, tokens, enrichments } = await store.spending.today('notes');
  return { requests, tokens, enrichments };
}

/** Takes the table of the spending away from under the store. Call the result to put it back. */
function breakSpending({ path }: DeliveryHarness): () => void {
  const db = new BetterSqlite3(path);
  db.exec('ALTER TABLE seen_spending RENAME TO seen_spending_away');
  return () => {
    db.exec('ALTER TABLE seen_spending_away RENAME TO seen_spending');
    db.close();
  };
}

describe('a budget of requests', () => {
  test('lets as many enrichments be made, and what is over is posted plain at once, with the reason', async () => {
    const { harness } = await startCostly({ enrichmentBudget: { requests: 3 } });
    expect(await harness.deliver(notes(5))).toMatchObject({ posted: 5, enriched: 3, failed: 0 });
    expect(plain(harness)).toEqual(['n4', 'n5']);
    expect(reasons(harness)).toEqual(Array(2).fill('the daily budget of 3 requests is used up'));
    expect(await spent(harness)).toEqual({ requests: 3, tokens: 0, enrichments: 3 });
  });

  test('counts a request that failed, and every request of one enrichment', async () => {
    const { harness } = await startCostly({ enrichmentBudget: { requests: 4 } }, (meter, { id }) => {
      meter.add({ requests: 1 });
      if (id === 'n1') throw new Error('no answer');
      meter.add({ requests: 1, tokens: 70 });
    });
    expect(await harness.deliver(notes(4))).toMatchObject({ posted: 4, enriched: 2 });
    expect(plain(harness)).toEqual(['n1', 'n4']);
    expect(await spent(harness)).toEqual({ requests: 5, tokens: 140, enrichments: 2 });
  });

  test('is not passed by items that are enriched at the same time', async () => {
    const begun = Promise.withResolvers<void>();
    const { feed, harness } = await startCostly({ enrichmentBudget: { requests: 2 }, maxConcurrent: 4 });
    let waiting = 0;
    feed.spend = () => {
      waiting += 1;
      if (waiting === 2) begun.resolve();
      return begun.promise;
    };
    expect(await harness.deliver(notes(6))).toMatchObject({ posted: 6, enriched: 2 });
    expect(await spent(harness)).toMatchObject({ requests: 2 });
  });

  test.for([2, 7])('is kept to the letter by 20 items, %i at a time', async (maxConcurrent) => {
    const { harness } = await startCostly({ enrichmentBudget: { requests: 11 }, maxConcurrent });
    expect(await harness.deliver(notes(20))).toMatchObject({ posted: 20, enriched: 11 });
    expect(await spent(harness)).toEqual({ requests: 11, tokens: 0, enrichments: 11 });
  });

  test('is left alone by an enrichment that says that it cost nothing', async () => {
    const { harness } = await startCostly({ enrichmentBudget: { requests: 1 } }, (meter) => meter.add({ requests: 0 }));
    expect(await harness.deliver(notes(3))).toMatchObject({ enriched: 3 });
    expect(await spent(harness)).toEqual({ requests: 0, tokens: 0, enrichments: 3 });
  });

  test('is not used for an enrichment that an earlier attempt has stored', async () => {
    const { harness } = await startCostly({ enrichmentBudget: { requests: 1 } });
    harness.crashAt('enriched');
    await harness.deliver(notes(1)).catch(() => undefined);
    await harness.restartAfterLease();
    await harness.deliver(notes(1));
    expect(harness.texts()).toEqual(['n1: about n1']);
    expect(await spent(harness)).toEqual({ requests: 1, tokens: 0, enrichments: 1 });
  });
});

describe('a budget of tokens', () => {
  test('ends with the enrichment that reaches it', async () => {
    const { harness } = await startCostly({ enrichmentBudget: { tokens: 500 } }, (meter) =>
      meter.add({ requests: 1, tokens: 250 }),
    );
    expect(await harness.deliver(notes(4))).toMatchObject({ posted: 4, enriched: 2 });
    expect(reasons(harness)).toEqual(Array(2).fill('the daily budget of 500 tokens is used up'));
    expect(await spent(harness)).toEqual({ requests: 2, tokens: 500, enrichments: 2 });
  });

  test('expects of what is under way what the others have cost on average', async () => {
    const { feed, harness } = await startCostly({ enrichmentBudget: { tokens: 1_000 }, maxConcurrent: 4 });
    feed.spend = (meter) => meter.add({ requests: 1, tokens: 300 });
    await harness.deliver(notes(1));
    const over = Promise.withResolvers<void>();
    feed.spend = async (meter) => {
      await over.promise;
      meter.add({ requests: 1, tokens: 300 });
    };
    const delivering = harness.deliver(notes(6, 'm'));
    await expect.poll(() => reasons(harness)).toHaveLength(3);
    over.resolve();
    expect(await delivering).toMatchObject({ posted: 6, enriched: 3 });
    expect(await spent(harness)).toEqual({ requests: 4, tokens: 1_200, enrichments: 4 });
  });

  test('expects more of what is under way once it has cost more', async () => {
    const { feed, harness } = await startCostly({ enrichmentBudget: { tokens: 1_000 }, maxConcurrent: 2 });
    const over = Promise.withResolvers<void>();
    feed.spend = async (meter, { id }) => {
      meter.add({ requests: 1, tokens: id === 'n1' ? 1_000 : 1 });
      if (id === 'n1') await over.promise;
    };
    const delivering = harness.deliver(notes(3));
    await expect.poll(() => harness.logger.of('feed_item_plain').length).toBe(2);
    over.resolve();
    expect(await delivering).toMatchObject({ posted: 3, enriched: 1 });
  });
});

test('what failed makes no enrichment that is under way expected to cost as much as all of them', async () => {
  const begun = Promise.withResolvers<void>();
  const { feed, harness } = await startCostly({ enrichmentBudget: { tokens: 4_500 }, maxConcurrent: 2 });
  feed.spend = (meter) => {
    meter.add({ requests: 1, tokens: 600 });
    throw new FeedEnrichmentError('no answer', { concerns: 'item' });
  };
  await harness.deliver(notes(4, 'a'));
  let waiting = 0;
  feed.spend = async (meter) => {
    waiting += 1;
    if (waiting === 2) begun.resolve();
    await begun.promise;
    meter.add({ requests: 1, tokens: 600 });
  };
  expect(await harness.deliver(notes(2, 'b'))).toMatchObject({ posted: 2, enriched: 2 });
});

test('a cost that is told after an ordinary stop is no error', async () => {
  const late = Promise.withResolvers<void>();
  const { harness } = await startCostly({}, async (meter) => {
    await late.promise;
    meter.add({ requests: 2, tokens: 300 });
  });
  const stop = new AbortController();
  const delivering = harness.deliver(notes(1), { signal: stop.signal });
  await harness.clock.whenSleeping(MINUTE_MS);
  stop.abort();
  await harness.clock.whenSleeping(3_000);
  await harness.clock.advance(3_000);
  await delivering;
  await harness.store.close();
  late.resolve();
  await expect.poll(() => harness.logger.of('feed_spending_unavailable')).toMatchObject([{ level: 'debug' }]);
});

describe('a day', () => {
  test('has a budget of its own, and ends at midnight UTC', async () => {
    const { harness } = await startCostly({ enrichmentBudget: { requests: 2 } });
    await harness.deliver(notes(3, 'a'));
    await harness.clock.advance(10 * HOUR_MS - 1);
    await harness.deliver(notes(1, 'b'));
    await harness.clock.advance(1);
    await harness.deliver(notes(3, 'c'));
    expect(plain(harness)).toEqual(['a3', 'b1', 'c3']);
  });

  test('goes on after a restart, and over all processes that have the store open', async () => {
    const { harness } = await startCostly({ enrichmentBudget: { requests: 3 } });
    const other = await secondProcess(harness, harness.clock, { enrichmentBudget: { requests: 3 } });
    const deliver = (items: readonly Note[]) => other.run({ items, complete: false }, new AbortController().signal);
    await harness.deliver(notes(1, 'a'));
    await deliver(notes(1, 'b'));
    await harness.restart();
    await harness.deliver(notes(2, 'c'));
    await deliver(notes(1, 'd'));
    expect(plain(harness)).toEqual(['c2', 'd1']);
    expect(await spent(harness)).toMatchObject({ requests: 3, enrichments: 3 });
  });

  test('that a clock which was ahead has used up leaves today its budget', async () => {
    const { harness } = await startCostly({ enrichmentBudget: { requests: 2 } });
    harness.clock.step(3 * DAY_MS);
    await harness.deliver(notes(3, 'a'));
    harness.clock.step(-3 * DAY_MS);
    await harness.deliver(notes(3, 'b'));
    expect(plain(harness)).toEqual(['a3', 'b3']);
  });
});

test('a budget that is used up while the model fails as well keeps nobody from trying the model the next day', async () => {
  const { feed, harness } = await startCostly({ enrichmentBudget: { requests: 3 } });
  feed.spend = () => Promise.reject(new Error('no answer'));
  await harness.deliver(notes(3, 'a'));
  await harness.clock.advance(MINUTE_MS);
  await harness.deliver(notes(1, 'b'));
  expect(reasons(harness).at(-1)).toBe('the daily budget of 3 requests is used up');
  feed.spend = () => undefined;
  await harness.clock.advance(10 * HOUR_MS);
  expect(await harness.deliver(notes(1, 'c'))).toMatchObject({ posted: 1, enriched: 1 });
});

test('a cost that is being saved counts once', async () => {
  const store = await openStore(newDatabasePath());
  const answered = Promise.withResolvers<void>();
  let looks = 0;
  const slow: Spending = {
    today: (feed) => {
      looks += 1;
      return store.spending.today(feed);
    },
    add: async (...cost) => {
      const sum = await store.spending.add(...cost);
      await answered.promise;
      return sum;
    },
  };
  const budget = new DailyBudget({
    feed: { name: 'notes' },
    store: { ...store, spending: slow },
    clock: systemClock,
    logger: new RecordingLogger(),
    incidents: { failing: () => undefined, working: () => undefined, settle: () => Promise.resolve() },
    options: { enrichmentBudget: { requests: 2 } },
  });
  const first = await budget.open();
  if (typeof first !== 'string') first.settle(true);
  await expect.poll(() => store.spending.today('notes')).toMatchObject({ requests: 1 });
  const second = budget.open();
  await expect.poll(() => looks).toBe(2);
  answered.resolve();
  expect(await second).toMatchObject({ meter: expect.anything() });
  expect(await budget.open()).toBe('the daily budget of 2 requests is used up');
});

describe('admins', () => {
  test('are told once that the budget is used up, whoever uses it up, and once that the next day has begun', async () => {
    const { harness } = await startCostly({ enrichmentBudget: { requests: 2 } });
    const other = await secondProcess(harness, harness.clock, { enrichmentBudget: { requests: 2 } });
    const deliver = (items: readonly Note[]) => other.run({ items, complete: false }, new AbortController().signal);
    await harness.deliver(notes(3, 'a'));
    expect(told(harness)).toHaveLength(1);
    await deliver(notes(1, 'b'));
    await harness.clock.advance(MINUTE_MS);
    await harness.deliver(notes(2, 'c'));
    await deliver([]);
    expect(told(harness)).toHaveLength(1);
    expect(told(harness)[0]).toContain('🔴 **The daily budget of `notes` is used up**');
    expect(told(harness)[0]).toContain('the daily budget of 2 requests is used up');
    await harness.restart();
    await harness.clock.advance(10 * HOUR_MS);
    await harness.deliver([]);
    await deliver([]);
    expect(told(harness)).toHaveLength(2);
    expect(told(harness)[1]).toContain('🟢');
  });

  test('are told no more of a budget that somebody has taken away', async () => {
    const { harness } = await startCostly({ enrichmentBudget: { requests: 1 } });
    await harness.deliver(notes(2));
    expect(await harness.store.incidents.current()).toMatchObject([{ subject: 'budget:notes' }]);
    await harness.restart({ enrichmentBudget: undefined });
    expect(await harness.deliver(notes(3))).toMatchObject({ enriched: 1 });
    expect(await harness.store.incidents.current()).toEqual([]);
  });

  test('hear nothing of a feed that stays within its budget, and of one without', async () => {
    const { harness } = await startCostly({ enrichmentBudget: { requests: 9 } });
    await harness.deliver(notes(8));
    await harness.restart({ enrichmentBudget: undefined });
    await harness.deliver(notes(20, 'm'));
    expect(await harness.store.incidents.current()).toEqual([]);
    expect(plain(harness)).toEqual([]);
    expect(await spent(harness)).toEqual({ requests: 28, tokens: 0, enrichments: 28 });
  });
});

describe('a store that fails', () => {
  test('leaves the budget to the memory of the process, costs no post, and hears of it once it is back', async () => {
    const { harness } = await startCostly({ enrichmentBudget: { requests: 4 } });
    await harness.deliver(notes(1, 'a'));
    const mend = breakSpending(harness);
    expect(await harness.deliver(notes(5, 'b'))).toMatchObject({ posted: 5, enriched: 3 });
    expect(plain(harness)).toEqual(['b4', 'b5']);
    expect(harness.logger.of('feed_spending_unavailable')).toMatchObject([
      { level: 'error', fields: { feed: 'notes' } },
    ]);
    mend();
    expect(await harness.deliver(notes(1, 'c'))).toMatchObject({ posted: 1, enriched: 0 });
    expect(await spent(harness)).toEqual({ requests: 4, tokens: 0, enrichments: 4 });
  });

  test('under the lock of another process costs no enrichment and no post, and hears of all later', async () => {
    const { harness } = await startCostly({});
    await harness.deliver(notes(1, 'a'));
    const unlock = await holdWriteLock(harness.path);
    const cycle = await harness.clock.drive(harness.deliver(notes(4, 'b')), { upTo: 25 });
    expect(cycle).toMatchObject({ posted: 4, enriched: 4 });
    await unlock();
    await harness.deliver([]);
    expect(await spent(harness)).toEqual({ requests: 5, tokens: 0, enrichments: 5 });
  });

  test('does not carry what was spent meanwhile into the next day', async () => {
    const { harness } = await startCostly({ enrichmentBudget: { requests: 2 } });
    await harness.deliver(notes(1, 'a'));
    const mend = breakSpending(harness);
    await harness.deliver(notes(2, 'b'));
    await harness.clock.advance(10 * HOUR_MS);
    await harness.deliver(notes(3, 'c'));
    mend();
    await harness.deliver(notes(1, 'd'));
    expect(plain(harness)).toEqual(['b2', 'c3', 'd1']);
    expect(await spent(harness)).toEqual({ requests: 2, tokens: 0, enrichments: 2 });
  });
});

describe('a meter', () => {
  test('logs what cannot be a cost, and counts nothing of it; the item is posted', async () => {
    const refused: readonly (readonly [cost: unknown, reason: RegExp])[] = [
      [{ requests: 1, tokens: -5 }, /^tokens must be a whole number from 0 to 1,000,000,000, but is -5\.$/],
      [{ requests: Number.NaN }, /^requests .* but is NaN/],
      [{ requests: Infinity }, /^requests .* but is Infinity/],
      [{ tokens: '250' }, /^tokens .* but is of type string/],
      [{ requests: 0.5 }, /^requests .* but is 0\.5/],
      [{ tokens: 1_000_000_001 }, /^tokens .* but is 1000000001/],
      [{ tokens: null }, /^tokens .* but is of type object/],
      [{ tokens: 5n }, /^tokens .* but is of type bigint/],
      [undefined, /undefined/],
    ];
    const { harness } = await startCostly({}, (meter, { id }) =>
      meter.add(refused[Number(id.slice(1)) - 1]?.[0] as never),
    );
    const count = refused.length;
    expect(await harness.deliver(notes(count))).toMatchObject({ posted: count, enriched: count });
    const expected = refused.map(([, reason]) => ({ feed: 'notes', reason: expect.stringMatching(reason) }));
    expect(harness.logger.of('feed_cost_refused').map(({ fields }) => fields)).toEqual(expected);
    expect(await spent(harness)).toEqual({ requests: count, tokens: 0, enrichments: count });
  });

  test('may be handed on without its object, and keeps what it was given before a mistake', async () => {
    const { harness } = await startCostly({}, ({ add }) => {
      add({ requests: 2, tokens: 90 });
      add({ requests: -1, tokens: 90 });
      add({ tokens: 10 });
    });
    await harness.deliver(notes(1));
    expect(await spent(harness)).toEqual({ requests: 2, tokens: 100, enrichments: 1 });
  });

  test('counts one request where it is told of tokens alone', async () => {
    const { harness } = await startCostly({}, (meter) => {
      meter.add({ tokens: 40 });
      meter.add({ tokens: 2, requests: undefined });
    });
    await harness.deliver(notes(1));
    expect(await spent(harness)).toEqual({ requests: 1, tokens: 42, enrichments: 1 });
  });

  test('counts what an enrichment that came too late goes on to cost', async () => {
    const late = Promise.withResolvers<void>();
    const { harness } = await startCostly({ enrichWithinMs: 1_000 }, async (meter) => {
      await late.promise;
      meter.add({ requests: 2, tokens: 300 });
    });
    const delivering = harness.deliver(notes(1));
    await harness.clock.whenSleeping(1_000);
    await harness.clock.advance(1_000);
    expect(await delivering).toMatchObject({ posted: 1, enriched: 0 });
    expect(await spent(harness)).toEqual({ requests: 1, tokens: 0, enrichments: 0 });
    late.resolve();
    await expect.poll(() => spent(harness)).toEqual({ requests: 2, tokens: 300, enrichments: 1 });
  });

  test('tells the telemetry channel of each cost', async () => {
    const events: SpendingEvent[] = [];
    const over = new AbortController();
    onTestFinished(() => over.abort());
    telemetry.spending.subscribe((event) => events.push(event), over.signal);
    const { harness } = await startCostly({}, (meter) => meter.add({ requests: 1, tokens: 40 }));
    await harness.deliver(notes(2));
    expect(events).toEqual([1, 2].map(() => ({ feed: 'notes', requests: 1, tokens: 40 })));
  });
});

test('a budget is known to the statistics before anything was spent of it', async () => {
  const { harness } = await startCostly({ enrichmentBudget: { requests: 200, tokens: 9 } });
  expect((await harness.store.stats()).spending).toMatchObject([
    { feed: 'notes', requests: 0, budget: { requests: 200, tokens: 9 }, saved: null },
  ]);
});
