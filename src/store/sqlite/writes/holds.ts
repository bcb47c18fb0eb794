import type { HoldWrites } from '../../port/writes.ts';
import type { HoldDecision } from '../../contract/holds.ts';
import type { QuestionRow } from '../../rows.ts';
import { prepareOpenHolds } from '../open-holds.ts';
import type { WriteContext } from './context.ts';

/** The flood breaker's batches. The unique index on open holds lets one caller open, whoever else tries. */
export function holdWrites(context: WriteContext): HoldWrites {
  const { db, now, transact } = context;
  const holds = prepareOpenHolds(db);
  const open = db.prepare<[feed: string, now: number, ids: string]>(
    'INSERT INTO seen_hold (feed, created_at, ids) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const extend = db.prepare<[{ id: number; ids: string }]>(
    `UPDATE seen_hold SET ids = (
       SELECT json_group_array(value) FROM (SELECT value FROM json_each(ids) UNION SELECT value FROM json_each(@ids)))
     WHERE id = @id AND decision IS NULL`,
  );
  const decide = db.prepare<[decision: HoldDecision, userId: string, id: number]>(
    'UPDATE seen_hold SET decision = ?, decided_by = ? WHERE id = ? AND decision IS NULL',
  );
  const finish = db.prepare<[id: number]>('UPDATE seen_hold SET finished = 1 WHERE id = ?');
  const forgetQuestions = db.prepare<[id: number]>('DELETE FROM seen_hold_question WHERE hold_id = ?');
  return {
    ...questionWrites(context),
    openHold: (feed, ids) =>
      transact(() => {
        open.run(feed, now(), JSON.stringify(ids));
        const hold = holds.ofFeed(feed);
        if (hold === undefined) throw new Error(`the hold of ${feed} vanished within its own transaction`);
        return hold;
      }),
    extendHold: (id, ids) =>
      transact(() => (extend.run({ id, ids: JSON.stringify(ids) }).changes > 0 ? holds.find(id) : undefined)),
    decideHold: (hold, decision, userId) =>
      transact(() => {
        const id = holds.find(hold)?.row.id;
        if (id === undefined) return undefined;
        decide.run(decision, userId, id);
        return holds.find(id);
      }),
    finishHold: (id) =>
      transact(() => {
        finish.run(id);
        forgetQuestions.run(id);
      }),
  };
}

type QuestionWrites = Pick<HoldWrites, 'startQuestion' | 'saveQuestion' | 'dropQuestion'>;

/** A question is known by the time at which it was asked in its channel: one that took its place was asked at another. */
function questionWrites({ db, now, transact }: WriteContext): QuestionWrites {
  const insert = db.prepare<[{ id: number; channelId: string; now: number }], QuestionRow>(
    `INSERT INTO seen_hold_question (hold_id, channel_id, asked_at)
     SELECT id, @channelId, @now FROM seen_hold WHERE id = @id AND decision IS NULL
     ON CONFLICT DO NOTHING RETURNING channel_id, asked_at, message_id`,
  );
  const replace = db.prepare<[{ id: number; channelId: string; now: number; known: number }], QuestionRow>(
    `UPDATE seen_hold_question SET asked_at = iif(asked_at = @now, @now + 1, @now), message_id = NULL
     WHERE hold_id = @id AND channel_id = @channelId AND asked_at = @known
       AND EXISTS (SELECT 1 FROM seen_hold WHERE id = @id AND decision IS NULL)
     RETURNING channel_id, asked_at, message_id`,
  );
  const drop = db.prepare<[id: number, channelId: string, askedAt: number]>(
    'DELETE FROM seen_hold_question WHERE hold_id = ? AND channel_id = ? AND asked_at = ?',
  );
  const save = db.prepare<[messageId: string, id: number, channelId: string, askedAt: number]>(
    'UPDATE seen_hold_question SET message_id = ? WHERE hold_id = ? AND channel_id = ? AND asked_at = ?',
  );
  return {
    startQuestion: (id, channelId, known) =>
      transact(() =>
        known === null
          ? insert.get({ id, channelId, now: now() })
          : replace.get({ id, channelId, now: now(), known: known.asked_at }),
      ),
    saveQuestion: (id, { channel_id, asked_at }, messageId) =>
      transact(() => void save.run(messageId, id, channel_id, asked_at)),
    dropQuestion: (id, { channel_id, asked_at }) => transact(() => void drop.run(id, channel_id, asked_at)),
  };
}
