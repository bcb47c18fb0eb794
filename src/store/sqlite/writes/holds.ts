import type { HoldWrites } from '../../backend.ts';
import type { HoldDecision } from '../../contract/holds.ts';
import type { HoldRow } from '../../rows.ts';
import { prepareCurrentHold } from '../current-hold.ts';
import type { WriteContext } from './context.ts';

/** The flood breaker's batches. The unique index on open holds lets one caller open, whoever else tries. */
export function holdWrites({ db, now, transact }: WriteContext): HoldWrites {
  const open = db.prepare<[feed: string, now: number, ids: string]>(
    'INSERT INTO seen_hold (feed, created_at, ids) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const current = prepareCurrentHold(db);
  const find = db.prepare<[id: number], HoldRow>('SELECT * FROM seen_hold WHERE id = ? AND finished = 0');
  const extend = db.prepare<[{ id: number; ids: string }], HoldRow>(
    `UPDATE seen_hold SET ids = (
       SELECT json_group_array(value) FROM (SELECT value FROM json_each(ids) UNION SELECT value FROM json_each(@ids)))
     WHERE id = @id AND decision IS NULL RETURNING *`,
  );
  const markAsked = db.prepare<[id: number]>('UPDATE seen_hold SET asked = 1 WHERE id = ?');
  const decide = db.prepare<[decision: HoldDecision, userId: string, id: number]>(
    'UPDATE seen_hold SET decision = ?, decided_by = ? WHERE id = ? AND decision IS NULL',
  );
  const finish = db.prepare<[id: number]>('UPDATE seen_hold SET finished = 1 WHERE id = ?');
  return {
    openHold: (feed, ids) =>
      transact(() => {
        open.run(feed, now(), JSON.stringify(ids));
        const hold = current.get(feed);
        if (hold === undefined) throw new Error(`the hold of ${feed} vanished within its own transaction`);
        return hold;
      }),
    extendHold: (id, ids) => transact(() => extend.get({ id, ids: JSON.stringify(ids) })),
    markHoldAsked: (id) => transact(() => void markAsked.run(id)),
    decideHold: (id, decision, userId) =>
      transact(() => {
        decide.run(decision, userId, id);
        return find.get(id);
      }),
    finishHold: (id) => transact(() => void finish.run(id)),
  };
}
