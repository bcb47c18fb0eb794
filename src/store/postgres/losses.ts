import type { LossRow } from '../rows.ts';
import type { Database } from './database.ts';
import { inTransaction } from './server/transaction.ts';
import { isOutOfService, requireDatabaseInService } from './service.ts';
import type { Session } from './session.ts';

/**
 * The signs by which a loss of commits is noticed.
 *
 * - `timeline`: a standby was promoted, or the server was restored to an earlier moment. A promotion that lost nothing
 *   looks the same.
 * - `server`: the database came to another server, by a dump for example.
 * - `copy`: the rows were restored from a dump into the same server, or the database is a copy of another one there. A
 *   dump cannot carry the number of the transaction that wrote a row, nor a copy the database's.
 * - `token`: it has not reached a token that this store was given.
 */
const signs = ['timeline', 'server', 'copy', 'token'] as const;

/**
 * A reason to grant nothing yet: the sign of a loss, or one of two that are none.
 *
 * - `first`: the server begins to tell its timeline or its name. They are kept, to be compared with from then on.
 * - `moved`: the whole database is out of service.
 */
export type Finding = (typeof signs)[number] | 'first' | 'moved';

/** Columns of the answer to a grant: what it finds out about losses. */
export interface LossColumns {
  /** Nothing was granted where it is not null. */
  readonly sign: Finding | null;
  /** False where the server tells nobody its timeline. */
  readonly tells_timeline: boolean;
  /** A JSON array of losses; null for none. */
  readonly losses: string | null;
}

interface SignTerms {
  /** The feed of the grant. */
  readonly feed: string;
  readonly tokenAfter: string;
  readonly keepLossesMs: string;
}

/** The number of the database, another one in each that is made, also as a copy of this one. */
const DATABASE = '(SELECT oid::text FROM pg_catalog.pg_database WHERE datname = current_database())';

/**
 * The expression of the highest token that was given. The counter may be missing, because somebody emptied its table.
 */
function givenToken({ tables }: Database): string {
  return `coalesce((SELECT value FROM ${tables.token}), (SELECT max(token) FROM ${tables.item}), 0)`;
}

/** A common table expression with one row, `sign`: a {@link Finding}, or null. */
export function signExpression(database: Database, tokenAfter: string): string {
  const { tables, functions } = database;
  return `sign AS MATERIALIZED (
    SELECT present.timeline IS NOT NULL AS tells_timeline, CASE
      WHEN ${isOutOfService(database)} THEN 'moved'
      WHEN present.timeline <> known.timeline THEN 'timeline'
      WHEN present.name <> known.name THEN 'server'
      WHEN present.database <> known.database OR known.xmin::text <> known.written_by THEN 'copy'
      WHEN ${givenToken(database)} < ${tokenAfter} THEN 'token'
      WHEN known.timeline IS NULL AND present.timeline IS NOT NULL
        OR known.name IS NULL AND present.name IS NOT NULL THEN 'first'
    END AS sign
    FROM (SELECT ${functions.timeline} AS timeline, ${functions.serverName} AS name, ${DATABASE} AS database) AS present
    LEFT JOIN ${tables.server} AS known ON true
  )`;
}

/**
 * The expressions by which a grant finds out whether commits were lost. A loss must be noted before anything is
 * granted: the last token from before it shows since when commits may be lost.
 */
export function lossExpressions(database: Database, terms: SignTerms) {
  const { tables, now } = database;
  return {
    sign: signExpression(database, terms.tokenAfter),
    isUnsigned: '(SELECT sign IS NULL FROM sign)',
    columns: `(SELECT sign FROM sign) AS sign, (SELECT tells_timeline FROM sign) AS tells_timeline,
      (SELECT json_agg(json_build_object('since', since, 'noticed_at', noticed_at, 'listed_at',
         (SELECT min(finished_at) FROM ${tables.cycle}
          WHERE feed = ${terms.feed} AND total > 0 AND started_at > noticed_at AND finished_at > noticed_at)))::text
       FROM ${tables.loss} WHERE noticed_at > ${now} - ${terms.keepLossesMs}) AS losses`,
  };
}

export function parseLosses(json: string | null | undefined): readonly LossRow[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the statement makes it of these columns
  return typeof json === 'string' ? (JSON.parse(json) as LossRow[]) : [];
}

/** Notes losses, and says once in the log what this server cannot tell. */
export class Losses {
  readonly #database: Database;
  #hasToldOfTimeline = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Notes for all processes what was found. From then on, the database's tokens are above `tokenAfter`.
   *
   * @throws {SeenStoreOpenError} where the database is out of service.
   */
  async note(session: Session, found: Finding, tokenAfter: number): Promise<void> {
    if (found === 'moved') await requireDatabaseInService(session, this.#database);
    const lock = `${this.#database.options.schema} losses`;
    await inTransaction(session, lock, () => this.#noteUnlessNoted(session, tokenAfter));
  }

  /**
   * Looks once more, in its turn: another process may have noted the same loss, and given tokens since. By these, the
   * loss would look like one that began later.
   *
   * The log is told before the commit, whose answer may be lost. Then the sign is gone, and nobody would tell.
   */
  async #noteUnlessNoted(session: Session, tokenAfter: number): Promise<void> {
    const { location, options } = this.#database;
    const noted = await session.row<{ since: number; sign: Finding }>(noteStatement(this.#database), [
      tokenAfter,
      signs,
    ]);
    if (noted === undefined) return;
    const since = new Date(noted.since).toISOString();
    options.logger.warn('seen_store_commits_uncertain', { location, sign: noted.sign, since });
  }

  /** The error of a sign that is still there after the loss was noted. */
  notKept(): Error {
    const { server, token } = this.#database.tables;
    return new Error(
      `${server} or ${token} did not keep what was written to it. Remove the trigger or the rule that keeps it out`,
    );
  }

  /** Tells once that failovers go unnoticed, unless a token shows them. */
  tellOfTimeline(isTold: boolean): void {
    if (isTold || this.#hasToldOfTimeline) return;
    this.#hasToldOfTimeline = true;
    const { location, options } = this.#database;
    options.logger.warn('seen_store_failovers_unseen', { location });
  }
}

/**
 * Keeps what the server tells of itself, and a loss, where there is a sign of one. The counter is raised to the
 * present: that is above the tokens of all stores, by clocks that agree, so that none takes the same loss for another.
 */
function noteStatement(database: Database): string {
  const { tables, functions, now } = database;
  return `WITH ${signExpression(database, '$1::bigint')},
    given AS MATERIALIZED (SELECT ${givenToken(database)} AS token, ${now} AS now),
    present AS (
      INSERT INTO ${tables.server} AS known (id, timeline, name, database, written_by)
      SELECT 1, ${functions.timeline}, ${functions.serverName}, ${DATABASE}, pg_current_xact_id()::xid::text
      FROM sign WHERE sign <> 'moved'
      ON CONFLICT (id) DO UPDATE SET timeline = coalesce(excluded.timeline, known.timeline),
        name = coalesce(excluded.name, known.name), database = excluded.database,
        written_by = excluded.written_by
    ),
    lost AS MATERIALIZED (SELECT sign, token, now FROM sign, given WHERE sign = ANY($2::text[])),
    counter AS (
      INSERT INTO ${tables.token} AS counter (value) SELECT greatest(token, $1::bigint, now) FROM lost
      ON CONFLICT (id) DO UPDATE SET value = greatest(counter.value, excluded.value)
    )
    INSERT INTO ${tables.loss} (since, noticed_at) SELECT least(token, now), now FROM lost
    ON CONFLICT (since) DO UPDATE SET noticed_at = excluded.noticed_at
    RETURNING since, (SELECT sign FROM lost) AS sign`;
}
