import type { HoldWrites } from '../../port/writes.ts';
import type { Operation } from '../../operations.ts';
import type { QuestionRow, WithQuestions } from '../../rows.ts';
import type { Database } from '../database.ts';
import { OpenHolds } from '../open-holds.ts';
import type { Session } from '../session.ts';

/** The flood breaker's batches. The unique index on open holds lets one caller open, whoever else tries. */
export function holdWrites(database: Database): HoldWrites {
  const { now, tables } = database;
  const { hold: table, question } = tables;
  const holds = new OpenHolds(tables);

  const transact = <Result>(operation: Operation, work: (session: Session) => Promise<Result>) =>
    database.transact(operation, 'holds', work);

  return {
    ...questionWrites(database),

    openHold: (feed, ids) =>
      transact('holds.open', async (session) => {
        const text = `INSERT INTO ${table} (feed, created_at, ids) VALUES ($1, ${now}, $2) ON CONFLICT DO NOTHING`;
        await session.run(text, [feed, JSON.stringify(ids)]);
        return required(await holds.ofFeed(session, feed));
      }),

    extendHold: (id, ids) =>
      transact('holds.extend', async (session) => {
        const found = await session.row<{ ids: string }>(
          `SELECT ids FROM ${table} WHERE id = $1 AND decision IS NULL FOR UPDATE`,
          [id],
        );
        if (found === undefined) return undefined;
        await session.run(`UPDATE ${table} SET ids = $2 WHERE id = $1`, [id, withIds(found.ids, ids)]);
        return holds.find(session, id);
      }),

    decideHold: (hold, decision, userId) =>
      transact('holds.decide', async (session) => {
        const id = (await holds.find(session, hold))?.row.id;
        if (id === undefined) return undefined;
        const text = `UPDATE ${table} SET decision = $2, decided_by = $3 WHERE id = $1 AND decision IS NULL`;
        await session.run(text, [id, decision, userId]);
        return holds.find(session, id);
      }),

    finishHold: (id) =>
      transact('holds.finish', async (session) => {
        await session.run(`UPDATE ${table} SET finished = true WHERE id = $1`, [id]);
        await session.run(`DELETE FROM ${question} WHERE hold_id = $1`, [id]);
      }),
  };
}

function required(hold: WithQuestions | undefined): WithQuestions {
  if (hold === undefined) throw new Error('the hold vanished within its own transaction');
  return hold;
}

/** Made here and not by the database, whose JSON knows no U+0000. */
function withIds(json: string, ids: readonly string[]): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an earlier write made it
  const known = JSON.parse(json) as string[];
  return JSON.stringify([...new Set([...known, ...ids])]);
}

type QuestionWrites = Pick<HoldWrites, 'startQuestion' | 'saveQuestion' | 'dropQuestion'>;

/**
 * A question is known by the time at which it was asked in its channel: one that took its place was asked at another.
 */
function questionWrites(database: Database): QuestionWrites {
  const { now, tables } = database;
  const { hold, question } = tables;
  const columns = 'channel_id, asked_at, message_id';
  const isUndecided = `SELECT FROM ${hold} WHERE id = $1 AND decision IS NULL`;
  const isQuestion = 'hold_id = $1 AND channel_id = $2 AND asked_at = $3';

  const insert = `INSERT INTO ${question} (hold_id, channel_id, asked_at)
    SELECT id, $2::text, ${now} FROM ${hold} WHERE id = $1 AND decision IS NULL
    ON CONFLICT DO NOTHING RETURNING ${columns}`;
  const replace = `UPDATE ${question} SET asked_at = present.now + (asked_at = present.now)::integer, message_id = NULL
    FROM (SELECT ${now} AS now) AS present WHERE ${isQuestion} AND EXISTS (${isUndecided}) RETURNING ${columns}`;

  return {
    startQuestion: (id, channelId, known) =>
      database.transact('holds.startQuestion', 'holds', (session) =>
        known === null
          ? session.row<QuestionRow>(insert, [id, channelId])
          : session.row<QuestionRow>(replace, [id, channelId, known.asked_at]),
      ),

    saveQuestion: (id, { channel_id, asked_at }, messageId) =>
      database.run('holds.saveQuestion', async (session) => {
        const text = `UPDATE ${question} SET message_id = $4 WHERE ${isQuestion}`;
        await session.run(text, [id, channel_id, asked_at, messageId]);
      }),

    dropQuestion: (id, { channel_id, asked_at }) =>
      database.run('holds.dropQuestion', async (session) => {
        await session.run(`DELETE FROM ${question} WHERE ${isQuestion}`, [id, channel_id, asked_at]);
      }),
  };
}
