import { DAY_MS } from '../../clock.ts';
import type { Database } from '../database.ts';
import type { Session } from '../session.ts';
import type { Tables } from '../tables.ts';

/** The store's own watch is kept as that of a feed without a name, which no feed can have. */
export const STORE = '';

/** Stretches kept of each feed. Only looks that are always further apart than their reach come near it. */
const MOST_STRETCHES = 1_000;

interface Present {
  readonly now: number;
  readonly isStoreWatched: boolean;
  /** The latest time that was noted; null where none was. */
  readonly latest: number | null;
}

/**
 * Notes the cycles of each feed, and the times in which somebody looked. Only to be used under the lock of the cycles.
 */
export class WatchKeeper {
  readonly now: number;
  readonly isStoreWatched: boolean;
  readonly #session: Session;
  readonly #tables: Tables;
  readonly #reach: number;

  private constructor(session: Session, tables: Tables, { now, isStoreWatched }: Present, reach: number) {
    this.#session = session;
    this.#tables = tables;
    this.#reach = Math.floor(reach);
    this.now = now;
    this.isStoreWatched = isStoreWatched;
  }

  /**
   * Begins with the present, and pulls back what a clock that was ahead has noted. Those cycles have
   * certainly ended by now.
   *
   * Machines date their looks by clocks of their own, so the present is the earlier one of the machine's and the
   * database's. A clock that is ahead must not make old what others have marked; and what a clock that is behind marks
   * must not be older than the last look.
   *
   * @param reach Longest time between two looks of one stretch, in milliseconds. A skew that is not longer is let pass:
   *   the clocks of two machines differ a little.
   */
  static async begin(session: Session, { tables, now, options }: Database, reach: number): Promise<WatchKeeper> {
    const { feed, watch } = tables;
    const present = await session.oneRow<Present>(
      `SELECT least(${now}, $1::bigint) AS now,
         EXISTS (SELECT FROM ${watch} WHERE feed = $2) AS "isStoreWatched",
         greatest((SELECT max(until) FROM ${watch}), (SELECT max(last_cycle) FROM ${feed})) AS latest`,
      [Math.floor(options.clock.now()), STORE],
    );
    const keeper = new WatchKeeper(session, tables, present, reach);
    if (present.latest !== null && present.latest > present.now + reach) await keeper.#pullBack();
    return keeper;
  }

  /** To the day: fewer updates of a row that nearly every cycle would change. */
  async noteCycle(feed: string, at: number): Promise<void> {
    await this.#session.run(
      `INSERT INTO ${this.#tables.feed} (feed, last_cycle) VALUES ($1, $2::bigint)
       ON CONFLICT (feed) DO UPDATE SET last_cycle = excluded.last_cycle
       WHERE seen_feed.last_cycle <= excluded.last_cycle - ${DAY_MS}`,
      [feed, at],
    );
  }

  /** A look goes on with the stretch within whose reach it is, or begins one: the time between is a gap. */
  async note(feed: string, at: number): Promise<void> {
    const { watch } = this.#tables;
    const extended = await this.#session.run(
      `UPDATE ${watch} SET until = greatest(until, $2::bigint)
       WHERE feed = $1 AND until >= $2::bigint - $3::bigint
         AND since = (SELECT max(since) FROM ${watch} WHERE feed = $1 AND since <= $2::bigint)`,
      [feed, at, this.#reach],
    );
    if (extended > 0) return;
    await this.#session.run(`INSERT INTO ${watch} (feed, since, until) VALUES ($1, $2, $2)`, [feed, at]);
    await this.#session.run(
      `DELETE FROM ${watch} WHERE feed = $1 AND since <= (
         SELECT since FROM ${watch} WHERE feed = $1 ORDER BY since DESC LIMIT 1 OFFSET ${MOST_STRETCHES})`,
      [feed],
    );
  }

  /** Stretches that begin ahead become the same one, in place of one that began just now. */
  async #pullBack(): Promise<void> {
    const { feed: feeds, watch } = this.#tables;
    const limit = this.now + this.#reach;
    await this.#session.run(`UPDATE ${feeds} SET last_cycle = $1 WHERE last_cycle > $2`, [this.now, limit]);
    const text = `DELETE FROM ${watch} WHERE until > $1 RETURNING feed, since`;
    const ahead = await this.#session.rows<{ feed: string; since: number }>(text, [limit]);
    await this.#session.run(
      `INSERT INTO ${watch} (feed, since, until)
       SELECT DISTINCT feed, least(since, $3::bigint), $3::bigint
       FROM unnest($1::text[], $2::bigint[]) AS ahead (feed, since)
       ON CONFLICT (feed, since) DO UPDATE SET until = excluded.until`,
      [ahead.map(({ feed }) => feed), ahead.map(({ since }) => since), this.now],
    );
  }
}
