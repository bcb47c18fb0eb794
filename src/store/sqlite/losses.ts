import type { Database } from 'better-sqlite3';

import type { LossRow } from '../rows.ts';

/** The sign by which a loss was noticed. */
export type LossSign =
  /** The file is a backup. */
  | 'backup'
  /** It took the place of another file. */
  | 'replaced'
  /** It has not reached a token that this store was given. */
  | 'token';

/** The feed whose losses are asked for, the present time, and how long losses are remembered. */
interface LossQuery {
  readonly feed: string;
  readonly now: number;
  readonly keepLossesMs: number;
}

/**
 * Keeps which commits the database has lost. They came after the last grant that it knows of, whose token is not below
 * its time. A row of `seen_loss` without a time is that of a backup: whoever opens it as a store notices.
 */
export class Losses {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database) {
    this.#statements = prepare(db);
  }

  /** The highest token that was given. The counter may be missing, because somebody emptied its table. */
  highestToken(): number {
    return this.#statements.highestToken.get() ?? 0;
  }

  /**
   * Notes that all commits since the last grant may be lost. Noted again before the next grant, it is the same loss.
   *
   * @returns True for a loss that was not noted before.
   */
  note(now: number): boolean {
    const since = Math.min(this.highestToken(), now);
    const isNew = this.#statements.knows.get(since) === undefined;
    this.#statements.note.run({ since, now });
    return isNew;
  }

  /** Notes that this is a copy, which lacks whatever the database is told from now on. */
  noteBackup(now: number): void {
    this.#statements.note.run({ since: Math.min(this.highestToken(), now), now: null });
  }

  /** Notes what the database lacks where it is a backup, and nobody had noticed. */
  noticeBackup(now: number): void {
    this.#statements.noticeBackup.run(now);
  }

  /** The losses that are remembered, with the end of the feed's first cycle after each. */
  find(query: LossQuery): LossRow[] {
    return this.#statements.find.all(query);
  }
}

/** Tells whether the database is a backup that is opened as a store for the first time. It is a read. */
export function isUnnoticedBackup(db: Database): boolean {
  return db.prepare('SELECT EXISTS (SELECT 1 FROM seen_loss WHERE noticed_at IS NULL)').pluck().get() === 1;
}

function prepare(db: Database) {
  return {
    highestToken: db
      .prepare<[], number>(
        'SELECT coalesce((SELECT max(value) FROM seen_token), (SELECT max(token) FROM seen_item), 0)',
      )
      .pluck(),
    knows: db.prepare<[since: number]>('SELECT 1 FROM seen_loss WHERE since = ?'),
    note: db.prepare<[{ since: number; now: number | null }]>(
      `INSERT INTO seen_loss (since, noticed_at) VALUES (@since, @now)
       ON CONFLICT DO UPDATE SET noticed_at = excluded.noticed_at`,
    ),
    noticeBackup: db.prepare<[now: number]>('UPDATE seen_loss SET noticed_at = ? WHERE noticed_at IS NULL'),
    find: db.prepare<[LossQuery], LossRow>(
      `SELECT since, noticed_at,
         (SELECT min(finished_at) FROM seen_cycle
          WHERE feed = @feed AND total > 0 AND started_at > noticed_at AND finished_at > noticed_at) AS listed_at
       FROM seen_loss WHERE noticed_at > @now - @keepLossesMs`,
    ),
  };
}
