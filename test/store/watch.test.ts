import BetterSqlite3 from 'better-sqlite3';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';

import type { Watch } from '../../src/store/rows.ts';
import { cutOff, vouchedMs, watchedBefore } from '../../src/store/core/watch.ts';
import { migrate } from '../../src/store/sqlite/file/migrate.ts';
import { WatchKeeper } from '../../src/store/sqlite/writes/watches.ts';
import { DAY_MS, HOUR_MS } from '../support/times.ts';

const START = 20_000 * DAY_MS;

interface Keeper extends Pick<WatchKeeper, 'note' | 'pullBack'> {
  watches(feed?: string): Watch[];
}

function newKeeper(): Keeper {
  const db = new BetterSqlite3(':memory:');
  onTestFinished(() => void db.close());
  migrate(db, START);
  const keeper = new WatchKeeper(db);
  const select = db.prepare<[string], Watch>('SELECT since, until FROM seen_watch WHERE feed = ? ORDER BY since');
  return {
    note: (look) => keeper.note(look),
    pullBack: (now, reach) => keeper.pullBack(now, reach),
    watches: (feed = 'feed') => select.all(feed),
  };
}

/** Looks at one feed, at whole hours, that many hours after each other. */
const pauses = fc.array(fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 20, max: 900 })), {
  minLength: 1,
  maxLength: 40,
});
const ttlHours = fc.constantFrom(2, 10, 48, 168, 700);

/** Whole hours between `from` and the last look in which the feed was watched, counted one by one. */
function watchedHours(looks: readonly number[], from: number, vouched: number): number {
  const last = looks.at(-1) ?? 0;
  let hours = 0;
  for (let hour = from; hour < last; hour += 1) {
    if (looks.some((look) => look <= hour && hour < look + vouched)) hours += 1;
  }
  return hours;
}

describe('the age by watched time', () => {
  test('any looks give the age that counting the watched hours one by one gives', () => {
    const property = fc.property(pauses, ttlHours, fc.integer({ min: 0, max: 2_000 }), (lengths, ttl, age) => {
      const keeper = newKeeper();
      const vouched = vouchedMs(ttl / 24) / HOUR_MS;
      const looks: number[] = [];
      for (const pause of lengths) looks.push((looks.at(-1) ?? START / HOUR_MS) + pause);
      for (const look of looks) keeper.note({ feed: 'feed', at: look * HOUR_MS, reach: vouched * HOUR_MS });
      const marked = (looks.at(-1) ?? 0) - age;
      const hours = watchedHours(looks, marked, vouched);
      const isForgotten = marked * HOUR_MS < watchedBefore(keeper.watches(), ttl * HOUR_MS, vouched * HOUR_MS);
      // Just as old as the TTL: a gap right before may count to either side.
      return hours === ttl || isForgotten === hours > ttl;
    });
    expect(() => fc.assert(property, { seed: 20_261_126, numRuns: 100 })).not.toThrow();
  });

  test('with looks that never pause, an id expires after the TTL and nothing more', () => {
    const keeper = newKeeper();
    for (let hour = 0; hour <= 400; hour += 1) {
      keeper.note({ feed: 'feed', at: START + hour * HOUR_MS, reach: DAY_MS });
    }
    expect(keeper.watches()).toEqual([{ since: START, until: START + 400 * HOUR_MS }]);
    expect(watchedBefore(keeper.watches(), 168 * HOUR_MS, DAY_MS)).toBe(START + 232 * HOUR_MS);
  });

  test('an age that nobody has watched so long is reached by nothing', () => {
    expect(watchedBefore([], 1, DAY_MS)).toBe(-Infinity);
    expect(watchedBefore([{ since: START, until: START + DAY_MS }], 2 * DAY_MS, DAY_MS)).toBe(-Infinity);
    expect(cutOff({ store: [{ since: 0, until: START }], feeds: [] }, Infinity, DAY_MS)).toBe(-Infinity);
    expect(cutOff({ store: [], feeds: [] }, DAY_MS, DAY_MS)).toBe(-Infinity);
  });

  test('a look that is recorded late, or twice, takes nothing away', () => {
    const keeper = newKeeper();
    for (const day of [0, 3, 1, 3, 2]) keeper.note({ feed: 'feed', at: START + day * DAY_MS, reach: DAY_MS });
    expect(watchedBefore(keeper.watches(), 3 * DAY_MS, DAY_MS)).toBe(START);
  });

  test('two processes whose clocks differ a little take nothing from each other', () => {
    const keeper = newKeeper();
    for (let hour = 0; hour < 48; hour += 1) {
      const at = START + hour * HOUR_MS - (hour % 2) * (2 * HOUR_MS);
      keeper.pullBack(at, DAY_MS);
      keeper.note({ feed: 'feed', at, reach: DAY_MS });
    }
    expect(watchedBefore(keeper.watches(), 40 * HOUR_MS, DAY_MS)).toBe(START + 6 * HOUR_MS);
  });

  test('a feed that is always looked at too late keeps a thousand stretches at most', () => {
    const keeper = newKeeper();
    for (let look = 0; look < 1_100; look += 1) {
      keeper.note({ feed: 'feed', at: START + look * HOUR_MS, reach: HOUR_MS / 2 });
    }
    expect(keeper.watches()).toHaveLength(1_000);
    expect(keeper.watches().at(-1)?.until).toBe(START + 1_099 * HOUR_MS);
  });
});

/** A step of two feeds that share a table of marks, and whose machine’s clock is not to be trusted. */
type Step =
  | { readonly do: 'look'; readonly feed: number; readonly listed: readonly number[] }
  | { readonly do: 'mark'; readonly feed: number; readonly item: number }
  | { readonly do: 'wait'; readonly hours: number }
  | { readonly do: 'start'; readonly clock: 'right' | 'ahead' | 'behind' | '1970' };

const feed = fc.nat(1);
const item = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('look' as const), feed, listed: fc.uniqueArray(item, { minLength: 1 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('mark' as const), feed, item }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.constantFrom(1, 12, 24, 30, 200, 900) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('start' as const),
      clock: fc.constantFrom('right', 'ahead', 'behind', '1970'),
    }),
  },
);

/** Takes steps as the store does, and tells after each what could be forgotten although a feed lists it. */
class TwoFeeds {
  readonly #keeper = newKeeper();
  readonly #vouched: number;
  readonly #ttlMs: number;
  readonly #marks = new Map<string, number>();
  readonly #protected = new Map<number, Set<string>>();
  readonly #lastCycles = new Map<number, number>();
  #time = START;
  #error = 0;

  constructor(ttlDays: number) {
    this.#vouched = vouchedMs(ttlDays);
    this.#ttlMs = ttlDays * DAY_MS;
  }

  /** Returns the ids that could be forgotten now although their feed listed them last, or somebody marked them since. */
  take(one: Step): string[] {
    if (one.do === 'wait') this.#time += one.hours * HOUR_MS;
    if (one.do === 'start') this.#start(one.clock);
    if (one.do === 'mark') this.#mark(one.feed, `${one.feed}-${one.item}`);
    if (one.do === 'look') {
      this.#look(
        one.feed,
        one.listed.map((n) => `${one.feed}-${n}`),
      );
    }
    return this.#endangered();
  }

  get #now(): number {
    return this.#time + this.#error;
  }

  #start(clock: 'right' | 'ahead' | 'behind' | '1970'): void {
    this.#error = { right: 0, ahead: 21 * DAY_MS, behind: -10 * DAY_MS, 1970: 60_000 - this.#time }[clock];
    this.#keeper.pullBack(this.#now, this.#vouched);
  }

  #mark(of: number, id: string): void {
    this.#marks.set(id, this.#now);
    this.#protectedOf(of).add(id);
  }

  #look(of: number, listed: readonly string[]): void {
    for (const id of listed) {
      const marked = this.#marks.get(id);
      if (marked === undefined || marked < this.#now - this.#vouched) this.#marks.set(id, this.#now);
    }
    this.#keeper.pullBack(this.#now, this.#vouched);
    this.#keeper.note({ feed: `feed ${of}`, at: this.#now, reach: this.#vouched });
    this.#lastCycles.set(of, this.#now);
    this.#protected.set(of, new Set(listed));
  }

  #protectedOf(of: number): Set<string> {
    const ids = this.#protected.get(of) ?? new Set();
    this.#protected.set(of, ids);
    return ids;
  }

  #endangered(): string[] {
    const feeds = [...this.#lastCycles].map(([of, lastCycle]) => ({
      lastCycle,
      watches: this.#keeper.watches(`feed ${of}`),
    }));
    const before = cutOff({ store: [], feeds }, this.#ttlMs, this.#vouched);
    const known = [...this.#lastCycles.keys()].flatMap((of) => Array.from(this.#protectedOf(of)));
    return known.filter((id) => (this.#marks.get(id) ?? 0) < before);
  }
}

test('whatever the clock does, nothing is forgotten that a feed listed last, or that was marked since', () => {
  const steps = fc.array(step, { minLength: 1, maxLength: 40, size: 'max' });
  const property = fc.property(steps, fc.constantFrom(0.5, 2, 7), (sequence, ttlDays) => {
    const feeds = new TwoFeeds(ttlDays);
    return sequence.every((one) => feeds.take(one).length === 0);
  });
  expect(() => fc.assert(property, { seed: 20_261_126, numRuns: 100 })).not.toThrow();
});
