import type { Database } from 'better-sqlite3';

import type { ChangeMakers } from './context.ts';

type ProgressKind =
  | 'begin'
  | 'saveEnrichment'
  | 'saveIntent'
  | 'dropIntent'
  | 'savePost'
  | 'saveFoundPost'
  | 'savePostFailure';

/** Notes that the owner of an item makes between its claim and its commit. */
export function prepareProgress(db: Database): ChangeMakers<ProgressKind> {
  const statements = prepare(db);
  return {
    begin: (_change, ids) => void statements.begin.run({ ids }),

    saveEnrichment: ({ json }, ids, now) => void statements.saveEnrichment.run({ ids, json, now }),

    saveIntent: ({ channelId, discordAt, fingerprint }, ids, now) => {
      statements.saveIntent.run({ ids, channelId, discordAt, fingerprint, now });
      statements.setPosting.run({ ids, now });
    },

    dropIntent: ({ channelId }, ids) => void statements.dropIntent.run({ ids, channelId }),

    savePost: ({ channelId, messageId }, ids, now) => void statements.savePost.run({ ids, channelId, messageId, now }),

    saveFoundPost: ({ channelId, messageId }, ids, now) =>
      void statements.saveFoundPost.run({ ids, channelId, messageId, now }),

    savePostFailure: ({ channelId, error }, ids, now) =>
      void statements.savePostFailure.run({ ids, channelId, error, now }),
  };
}

const named = 'SELECT atom FROM json_each(@ids)';

function prepare(db: Database) {
  return {
    begin: db.prepare<[{ ids: string }]>(`UPDATE seen_item SET begun = 1 WHERE id IN (${named})`),
    saveEnrichment: db.prepare<[{ ids: string; json: string; now: number }]>(
      `UPDATE seen_item SET enrichment = @json, state = 'enriched', updated_at = @now WHERE id IN (${named})`,
    ),
    setPosting: db.prepare<[{ ids: string; now: number }]>(
      `UPDATE seen_item SET state = 'posting', updated_at = @now WHERE id IN (${named})`,
    ),
    saveIntent: db.prepare<
      [{ ids: string; channelId: string; discordAt: number | null; fingerprint: string | null; now: number }]
    >(
      `INSERT INTO seen_post (item_id, channel_id, state, intent_at, discord_at, fingerprint)
       SELECT atom, @channelId, 'open', @now, @discordAt, @fingerprint FROM json_each(@ids) WHERE true
       ON CONFLICT DO UPDATE SET discord_at = coalesce(discord_at, excluded.discord_at),
         fingerprint = coalesce(excluded.fingerprint, fingerprint) WHERE state = 'open'`,
    ),
    dropIntent: db.prepare<[{ ids: string; channelId: string }]>(
      `DELETE FROM seen_post WHERE item_id IN (${named}) AND channel_id = @channelId AND state = 'open'`,
    ),
    /** An insert, because the intent may be missing: the message exists nonetheless. */
    savePost: db.prepare<[{ ids: string; channelId: string; messageId: string | null; now: number }]>(
      `INSERT INTO seen_post (item_id, channel_id, state, intent_at, message_id)
       SELECT atom, @channelId, 'posted', @now, @messageId FROM json_each(@ids) WHERE true
       ON CONFLICT DO UPDATE SET state = 'posted', message_id = excluded.message_id, error = NULL`,
    ),
    /** Two processes may have found the same message: the second one finds it taken. */
    saveFoundPost: db.prepare<[{ ids: string; channelId: string; messageId: string; now: number }]>(
      `INSERT INTO seen_post (item_id, channel_id, state, intent_at, message_id)
       SELECT atom, @channelId, 'posted', @now, @messageId FROM json_each(@ids)
       WHERE NOT EXISTS (SELECT 1 FROM seen_post WHERE message_id = @messageId AND item_id <> atom)
       ON CONFLICT DO UPDATE SET state = 'posted', message_id = excluded.message_id, error = NULL`,
    ),
    savePostFailure: db.prepare<[{ ids: string; channelId: string; error: string; now: number }]>(
      `INSERT INTO seen_post (item_id, channel_id, state, intent_at, error)
       SELECT atom, @channelId, 'failed', @now, @error FROM json_each(@ids) WHERE true
       ON CONFLICT DO UPDATE SET state = 'failed', error = excluded.error WHERE state <> 'posted'`,
    ),
  };
}
