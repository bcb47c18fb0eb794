import type { Database } from 'better-sqlite3';

import { DAY_MS } from '../../clock.ts';

/** The store's own watch is kept as that of a feed without a name, which no feed can have. */
export const STORE = '';

/** Stretches kept of each feed. Only looks that are always further apart than their reach come near it. */
const MOST_STRETCHES = 1_000;

interface Look {
  readonly feed: string;
  /** Unix time in milliseconds. */
  readonly at: number;
  /** Longest time between two looks of one stretch, in milliseconds. */
  readonly reach: number;
}

/** Notes the cycles of each feed, and the times in which somebody looked. Only to be used inside a transaction. */
export class WatchKeeper {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database) {
    this.#statements = prepare(db);
  }

  isWatched(feed: string): boolean {
    return this.#statements.isWatched.get(feed) === 1;
  }

  noteCycle(feed: string, at: number): void {
    this.#statements.noteCycle.run({ feed, at });
  }

  /** A look goes on with the stretch within whose reach it is, or begins one: the time between is a gap. */
  note(look: Look): void {
    const { extend, begin, dropOldest } = this.#statements;
    if (extend.run(look).changes > 0) return;
    begin.run(look);
    dropOldest.run({ feed: look.feed });
  }

  /**
   * Pulls back what a clock that was ahead has noted. Those cycles have certainly ended by now.
   *
   * @param reach The skew that is let pass, in milliseconds: the clocks of two machines differ a little.
   */
  pullBack(now: number, reach: number): void {
    this.#statements.pullBack.run({ now, reach });
    this.#statements.pullBackCycles.run({ now, reach });
  }
}

function prepare(db: Database) {
  return {
    isWatched: db.prepare<[feed: string], number>('SELECT EXISTS (SELECT 1 FROM seen_watch WHERE feed = ?)').pluck(),
    /** To the day: a page less to write with nearly every cycle. */
    noteCycle: db.prepare<[{ feed: string; at: number }]>(
      `INSERT INTO seen_feed (feed, last_cycle) VALUES (@feed, @at)
       ON CONFLICT (feed) DO UPDATE SET last_cycle = @at WHERE last_cycle <= @at - ${DAY_MS}`,
    ),
    extend: db.prepare<[Look]>(
      `UPDATE seen_watch SET until = max(until, @at)
       WHERE feed = @feed AND until >= @at - @reach
         AND since = (SELECT max(since) FROM seen_watch WHERE feed = @feed AND since <= @at)`,
    ),
    begin: db.prepare<[Look]>('INSERT INTO seen_watch (feed, since, until) VALUES (@feed, @at, @at)'),
    dropOldest: db.prepare<[{ feed: string }]>(
      `DELETE FROM seen_watch WHERE feed = @feed AND since <= (
         SELECT since FROM seen_watch WHERE feed = @feed ORDER BY since DESC LIMIT 1 OFFSET ${MOST_STRETCHES})`,
    ),
    pullBack: db.prepare<[{ now: number; reach: number }]>(
      `UPDATE OR REPLACE seen_watch SET since = min(since, @now), until = min(until, @now)
       WHERE until > @now + @reach`,
    ),
    pullBackCycles: db.prepare<[{ now: number; reach: number }]>(
      'UPDATE seen_feed SET last_cycle = @now WHERE last_cycle > @now + @reach',
    ),
  };
}
