import BetterSqlite3 from 'better-sqlite3';

export interface BareOptions {
  readonly busyTimeoutMs?: number;
  readonly tempStore?: 'DEFAULT' | 'MEMORY';
}

/** The work of a claim and a commit in the fewest statements, on a connection of its own: what the disk allows. */
export class BareClaims {
  readonly #db: BetterSqlite3.Database;
  readonly #claim: BetterSqlite3.Transaction<(ids: readonly string[]) => string[]>;
  readonly #commit: BetterSqlite3.Transaction<(ids: readonly string[]) => void>;

  /**
   * @param busyTimeoutMs SQLite's own waiting for the lock.
   * @param tempStore Where a statement that changes many rows keeps its page copies: ours keeps them in memory.
   */
  constructor(path: string, { busyTimeoutMs = 5_000, tempStore = 'DEFAULT' }: BareOptions = {}) {
    this.#db = new BetterSqlite3(path, { timeout: busyTimeoutMs });
    this.#db.pragma('synchronous = FULL');
    this.#db.pragma(`temp_store = ${tempStore}`);
    const insert = this.#db
      .prepare<[{ now: number; until: number; ids: string }], string>(
        `INSERT INTO seen_item (id, feed, state, token, owner, lease_until, attempts, created_at, updated_at)
         SELECT value, 'bench', 'claimed', 1, 'bare', @until, 1, @now, @now FROM json_each(@ids)
         WHERE NOT EXISTS (SELECT 1 FROM seen WHERE id = value) ON CONFLICT DO NOTHING RETURNING id`,
      )
      .pluck();
    const mark = this.#db.prepare(
      'INSERT INTO seen (id, ts) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET ts = excluded.ts',
    );
    const end = this.#db.prepare(
      "UPDATE seen_item SET state = 'posted', owner = NULL, lease_until = NULL, updated_at = ? WHERE id = ?",
    );
    this.#claim = this.#db.transaction((ids) => {
      const now = Date.now();
      return insert.all({ now, until: now + 60_000, ids: JSON.stringify(ids) });
    });
    this.#commit = this.#db.transaction((ids) => {
      const now = Date.now();
      for (const id of ids) {
        mark.run(id, Math.floor(now / 1000));
        end.run(now, id);
      }
    });
  }

  claim(ids: readonly string[]): string[] {
    return this.#claim.immediate(ids);
  }

  commit(ids: readonly string[]): void {
    this.#commit.immediate(ids);
  }

  close(): void {
    this.#db.close();
  }
}
