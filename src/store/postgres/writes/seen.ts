import type { PurgeControl, PurgeResult } from '../../contract/seen-store.ts';
import { SeenStoreClosedError } from '../../errors.ts';
import type { SeenWrites } from '../../port/writes.ts';
import type { Database } from '../database.ts';
import { isOneOf } from '../id-list.ts';
import { isOutOfService, requireDatabaseInService } from '../service.ts';
import type { Session } from '../session.ts';

/** Rows that a purge deletes with one statement, at most. */
const PURGE_CHUNK = 2_000;

/** A batch of a purge. */
interface Batch {
  readonly deleted: number;
  /** The last id that it looked at; null after the last one of all. */
  readonly last: string | null;
}

/**
 * The writes of the table `seen`, but for the commit of a claim, which is in `settle.ts`. Ids are sorted, so that two
 * programs that mark the same ones lock them in the same order.
 */
export function seenWrites(database: Database): SeenWrites {
  const { seen } = database.tables;
  const statements = { expire: expireStatement(database), forget: forgetStatement(database) };

  /** One short statement a batch, along the ids. Each of them may be repeated. A store that closes ends the purge. */
  const purge = async (
    statement: string,
    before: number,
    { signal, onProgress }: PurgeControl,
  ): Promise<PurgeResult> => {
    let deleted = 0;
    for (let after: string | null = ''; after !== null;) {
      if (signal?.aborted === true) return { deleted, finished: false };
      const batch = await deleteBatch(statement, before, after);
      if (batch === undefined) return { deleted, finished: false };
      deleted += batch.deleted;
      after = batch.last;
      if (batch.deleted > 0) onProgress?.(deleted);
    }
    return { deleted, finished: true };
  };

  const deleteBatch = async (statement: string, before: number, after: string): Promise<Batch | undefined> => {
    try {
      return await database.run('purge', (session) => session.row<Batch>(statement, [before, after]));
    } catch (error) {
      if (error instanceof SeenStoreClosedError) return undefined;
      throw error;
    }
  };

  return {
    markSeen: (ids, ts) => database.run('markSeen', (session) => mark(session, database, ids, ts)),

    touch: (ids, ts, before) =>
      database.run('touch', async (session) => {
        await session.run(
          `UPDATE ${seen} SET ts = $2 WHERE id ${isOneOf(
            `SELECT id FROM ${seen} WHERE id ${isOneOf('$1')} AND ts < $3 ORDER BY id FOR UPDATE`,
          )}`,
          [ids, ts, before],
        );
      }),

    expire: (before, control) => purge(statements.expire, before, control),

    forget: (before, control) => purge(statements.forget, before, control),
  };
}

async function mark(session: Session, database: Database, ids: readonly string[], ts: number): Promise<void> {
  const { seen } = database.tables;
  const statement = `INSERT INTO ${seen} (id, ts) SELECT id, $2 FROM unnest($1::text[]) AS id
    WHERE NOT ${isOutOfService(database)} ORDER BY id COLLATE "C"
    ON CONFLICT (id) DO UPDATE SET ts = excluded.ts`;
  let marked = await session.run(statement, [ids, ts]);
  if (marked === 0) {
    await requireDatabaseInService(session, database);
    // It is in service again by the time that it is asked for.
    marked = await session.run(statement, [ids, ts]);
  }
  if (marked < ids.length) await requireMarked(session, database, ids);
}

/** A trigger or a rule of the operator's may keep a row out, or write it elsewhere, which the count does not tell. */
async function requireMarked(session: Session, database: Database, ids: readonly string[]): Promise<void> {
  const { seen } = database.tables;
  const missing = await session.row<{ id: string }>(
    `SELECT id FROM unnest($1::text[]) AS wanted (id)
     WHERE NOT EXISTS (SELECT FROM ${seen} WHERE seen.id = wanted.id) LIMIT 1`,
    [ids],
  );
  if (missing === undefined) return;
  await requireDatabaseInService(session, database);
  throw new Error(`${seen} did not keep the id "${missing.id}". Remove the trigger or the rule that keeps it out`);
}

/** Finds a batch of ids that were last marked before `$1`, and follow `$2`. */
function oldIds({ tables }: Database): string {
  return `old AS MATERIALIZED (
    SELECT id FROM ${tables.seen} WHERE ts < $1 AND id > $2 ORDER BY id LIMIT ${PURGE_CHUNK}
  )`;
}

/** Locks the ids of the batch that are still as old, in their order. */
function lockOld({ tables }: Database, isTheirTurn: string): string {
  return `locked AS MATERIALIZED (
      SELECT id FROM ${tables.seen} WHERE id ${isOneOf('SELECT id FROM old')} AND ts < $1 AND ${isTheirTurn}
      ORDER BY id FOR UPDATE
    )`;
}

function deleteLocked({ tables }: Database): string {
  return `deleted AS (DELETE FROM ${tables.seen} WHERE id ${isOneOf('SELECT id FROM locked')} RETURNING id)
    SELECT (SELECT count(*) FROM deleted) AS deleted,
      CASE WHEN count(*) = ${PURGE_CHUNK} THEN max(id) END AS last FROM old`;
}

function expireStatement(database: Database): string {
  return `WITH ${oldIds(database)}, ${lockOld(database, 'true')}, ${deleteLocked(database)}`;
}

/**
 * Locks the items before the ids, as a commit does. An item goes only with its id: while the purge waited for that,
 * somebody may have marked it again.
 */
function forgetStatement(database: Database): string {
  const { item, post } = database.tables;
  return `WITH ${oldIds(database)},
    posted AS MATERIALIZED (
      SELECT id FROM ${item} WHERE id ${isOneOf('SELECT id FROM old')} AND state = 'posted' ORDER BY id FOR UPDATE
    ),
    ${lockOld(database, '(SELECT count(*) FROM posted) >= 0')},
    dropped AS MATERIALIZED (SELECT id FROM posted JOIN locked USING (id)),
    deleted_posts AS (DELETE FROM ${post} WHERE item_id ${isOneOf('SELECT id FROM dropped')}),
    deleted_items AS (DELETE FROM ${item} WHERE id ${isOneOf('SELECT id FROM dropped')}),
    ${deleteLocked(database)}`;
}
