import type { HoldDecision } from '../../contract/holds.ts';
import type { HoldRow } from '../holds.ts';
import type { WriteContext } from './context.ts';

/** The flood breaker's batches. The unique index on open holds lets one caller open, whoever else tries. */
export function holdWrites({ db, now, transact }: WriteContext) {
  const open = db.prepare<[feed: string, now: number, ids: string]>(
    'INSERT INTO seen_hold (feed, created_at, ids) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const current = db.prepare<[feed: string], HoldRow>('SELECT * FROM seen_hold WHERE feed = ? AND finished = 0');
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
    /** @param ids A JSON array. */
    openHold: (feed: string, ids: string): Promise<HoldRow | undefined> =>
      transact(() => {
        open.run(feed, now(), ids);
        return current.get(feed);
      }),
    /** @param ids A JSON array. */
    extendHold: (id: number, ids: string): Promise<HoldRow | undefined> => transact(() => extend.get({ id, ids })),
    markHoldAsked: (id: number): Promise<void> => transact(() => void markAsked.run(id)),
    decideHold: (id: number, decision: HoldDecision, userId: string): Promise<HoldRow | undefined> =>
      transact(() => {
        decide.run(decision, userId, id);
        return find.get(id);
      }),
    finishHold: (id: number): Promise<void> => transact(() => void finish.run(id)),
  };
}
