import type { Database } from 'better-sqlite3';

import type { LostClaim } from '../../errors.ts';
import type { WriteContext } from './context.ts';
import type { ClaimRef, Fence } from './fence.ts';

/** What is written down of an item between its claim and its commit, and the revival of dead letters. */
export function ledgerWrites({ db, now, transact }: WriteContext, fence: Fence) {
  const statements = prepare(db);
  const whileHeld = (claim: ClaimRef, change: (id: string) => void): Promise<LostClaim[]> =>
    transact(() => fence.whileHeld([claim], () => change(claim.id)));

  return {
    begin: (claim: ClaimRef) => whileHeld(claim, (id) => void statements.begin.run(id)),

    /** @param json The enrichment as JSON text. */
    saveEnrichment: (claim: ClaimRef, json: string) =>
      whileHeld(claim, (id) => void statements.saveEnrichment.run(json, now(), id)),

    saveIntent: (claim: ClaimRef, channelId: string) =>
      whileHeld(claim, (id) => {
        statements.saveIntent.run(id, channelId, now());
        statements.setPosting.run(now(), id);
      }),

    dropIntent: (claim: ClaimRef, channelId: string) =>
      whileHeld(claim, (id) => void statements.dropIntent.run(id, channelId)),

    savePost: (claim: ClaimRef, channelId: string, messageId: string | null) =>
      whileHeld(claim, (id) => void statements.savePost.run({ id, channelId, messageId, now: now() })),

    savePostFailure: (claim: ClaimRef, channelId: string, error: string) =>
      whileHeld(claim, (id) => void statements.savePostFailure.run({ id, channelId, error, now: now() })),

    /** @param wanted A JSON array of ids; null for every dead letter. */
    retry: (wanted: string | null): Promise<number> =>
      transact(() => {
        statements.reopenFailedPosts.run({ wanted });
        return statements.retry.run({ wanted, now: now() }).changes;
      }),
  };
}

const failedAndWanted = `state = 'failed' AND (@wanted IS NULL OR id IN (SELECT value FROM json_each(@wanted)))`;

function prepare(db: Database) {
  return {
    begin: db.prepare<[id: string]>('UPDATE seen_item SET begun = 1 WHERE id = ?'),
    saveEnrichment: db.prepare<[json: string, now: number, id: string]>(
      "UPDATE seen_item SET enrichment = ?, state = 'enriched', updated_at = ? WHERE id = ?",
    ),
    setPosting: db.prepare<[now: number, id: string]>(
      "UPDATE seen_item SET state = 'posting', updated_at = ? WHERE id = ?",
    ),
    saveIntent: db.prepare<[id: string, channelId: string, now: number]>(
      "INSERT INTO seen_post (item_id, channel_id, state, intent_at) VALUES (?, ?, 'open', ?) ON CONFLICT DO NOTHING",
    ),
    dropIntent: db.prepare<[id: string, channelId: string]>(
      "DELETE FROM seen_post WHERE item_id = ? AND channel_id = ? AND state = 'open'",
    ),
    /** An insert, because the intent may be missing: the message exists nonetheless. */
    savePost: db.prepare<[{ id: string; channelId: string; messageId: string | null; now: number }]>(
      `INSERT INTO seen_post (item_id, channel_id, state, intent_at, message_id)
       VALUES (@id, @channelId, 'posted', @now, @messageId)
       ON CONFLICT DO UPDATE SET state = 'posted', message_id = excluded.message_id, error = NULL`,
    ),
    savePostFailure: db.prepare<[{ id: string; channelId: string; error: string; now: number }]>(
      `INSERT INTO seen_post (item_id, channel_id, state, intent_at, error)
       VALUES (@id, @channelId, 'failed', @now, @error)
       ON CONFLICT DO UPDATE SET state = 'failed', error = excluded.error WHERE state <> 'posted'`,
    ),
    /** Their first request may have been applied: the next attempt looks before it posts. */
    reopenFailedPosts: db.prepare<[{ wanted: string | null }]>(
      `UPDATE seen_post SET state = 'open', error = NULL WHERE state = 'failed'
         AND item_id IN (SELECT id FROM seen_item WHERE ${failedAndWanted})`,
    ),
    retry: db.prepare<[{ wanted: string | null; now: number }]>(
      `UPDATE seen_item SET attempts = 0, retry_at = NULL, updated_at = @now,
         state = iif(enrichment IS NULL, 'claimed', 'enriched') WHERE ${failedAndWanted}`,
    ),
  };
}
