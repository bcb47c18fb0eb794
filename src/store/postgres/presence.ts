import { DAY_MS, sleepUnlessAborted } from '../clock.ts';
import { describeOwner, isDead, newOwner } from '../owner.ts';
import type { Database } from './database.ts';
import { nowOf, tablesOf } from './tables.ts';
import type { Session } from './session.ts';

/** Time after which a store notes again that it is open, in milliseconds. */
const RENEW_MS = 60_000;

/** Time for which a note counts, in milliseconds: a renewal may fail, and the next one be late. */
const COUNTS_MS = 150_000;

/** Time after which a note that nobody took back is deleted, in milliseconds. */
const KEPT_MS = DAY_MS;

/**
 * The note that a store has the database open. A transfer that moves the database away, or replaces it, goes by these:
 * a store that does nothing has no connection, and what other roles do is hidden.
 */
export class Presence {
  readonly #database: Database;
  readonly #store = newOwner();
  readonly #ending = new AbortController();

  private constructor(database: Database) {
    this.#database = database;
  }

  /** @throws {SeenStoreError} when it cannot be noted. */
  static async begin(database: Database): Promise<Presence> {
    const presence = new Presence(database);
    await presence.#note();
    presence.#renew().catch(presence.#tell);
    return presence;
  }

  /** Takes the note back. Where the server does not answer it stays, until it counts no more. */
  async end(): Promise<void> {
    this.#ending.abort();
    const { tables } = this.#database;
    const statement = `DELETE FROM ${tables.presence} WHERE store = $1`;
    await this.#database.run('presence', (session) => session.run(statement, [this.#store])).catch(this.#tell);
  }

  async #renew(): Promise<void> {
    const { signal } = this.#ending;
    const { clock } = this.#database.options;
    for (;;) {
      await sleepUnlessAborted(clock, RENEW_MS, signal, { ref: false });
      if (signal.aborted) return;
      await this.#note().catch(this.#tell);
    }
  }

  /** Old notes are deleted by whoever gets their locks: nobody waits for them. */
  async #note(): Promise<void> {
    const { tables, now } = this.#database;
    await this.#database.run('presence', (session) =>
      session.run(
        `WITH old AS (
           DELETE FROM ${tables.presence} WHERE store IN (
             SELECT store FROM ${tables.presence} WHERE noted_at < ${now} - ${KEPT_MS} FOR UPDATE SKIP LOCKED))
         INSERT INTO ${tables.presence} (store, noted_at) VALUES ($1, ${now})
         ON CONFLICT (store) DO UPDATE SET noted_at = excluded.noted_at`,
        [this.#store],
      ),
    );
  }

  /** Tells the log at debug: whatever else the store does now fails as well, and is told loudly. */
  readonly #tell = (error: unknown): void => {
    const { location, options } = this.#database;
    options.logger.debug('seen_store_presence_failed', { location, error });
  };
}

/**
 * The stores that have the database open, as `host, process`. One that was killed counts for two and a half minutes,
 * unless it was on this machine.
 */
export async function presentStores(session: Session, schema: string): Promise<string[]> {
  const now = nowOf(schema);
  const rows = await session.rows<{ store: string }>(
    `SELECT store FROM ${tablesOf(schema).presence}
     WHERE noted_at BETWEEN ${now} - ${COUNTS_MS} AND ${now} + ${COUNTS_MS} ORDER BY store COLLATE "C"`,
  );
  return rows.filter(({ store }) => !isDead(store)).map(({ store }) => describeOwner(store));
}
