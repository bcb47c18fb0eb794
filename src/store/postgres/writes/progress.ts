import type { Database } from '../database.ts';
import { isOwned, MOMENT, setOwned, type OwnedChanges } from './owned-change.ts';

type ProgressKind =
  | 'begin'
  | 'saveEnrichment'
  | 'saveIntent'
  | 'dropIntent'
  | 'savePost'
  | 'saveFoundPost'
  | 'savePostFailure';

/** Notes that the owner of an item makes between its claim and its commit. */
export function progressChanges(database: Database): OwnedChanges<ProgressKind> {
  const statements = progressStatements(database);
  return {
    begin: () => ({ statements: [statements.begin], values: [] }),

    saveEnrichment: ({ json }) => ({ statements: [statements.saveEnrichment], values: [json] }),

    saveIntent: ({ channelId, discordAt, fingerprint }) => ({
      statements: [statements.saveIntent, statements.setPosting],
      values: [channelId, discordAt, fingerprint],
    }),

    dropIntent: ({ channelId }) => ({ statements: [statements.dropIntent], values: [channelId] }),

    savePost: ({ channelId, messageId }) => ({ statements: [statements.savePost], values: [channelId, messageId] }),

    saveFoundPost: ({ channelId, messageId }) => ({
      statements: [statements.saveFoundPost],
      values: [channelId, messageId],
    }),

    savePostFailure: ({ channelId, error }) => ({
      statements: [statements.savePostFailure],
      values: [channelId, error],
    }),
  };
}

function progressStatements({ tables }: Database): Readonly<Record<ProgressKind | 'setPosting', string>> {
  const { post } = tables;
  const setPosted = `ON CONFLICT (item_id, channel_id)
    DO UPDATE SET state = 'posted', message_id = excluded.message_id, error = NULL`;
  const newPost = `INSERT INTO ${post} (item_id, channel_id, state, intent_at, message_id)
    SELECT owned.id, $4, 'posted', ${MOMENT}, $5 FROM owned`;

  return {
    begin: setOwned(tables, 'begun = true'),
    saveEnrichment: setOwned(tables, `enrichment = $4, state = 'enriched', updated_at = ${MOMENT}`),
    setPosting: setOwned(tables, `state = 'posting', updated_at = ${MOMENT}`),
    saveIntent: `INSERT INTO ${post} (item_id, channel_id, state, intent_at, discord_at, fingerprint)
      SELECT owned.id, $4, 'open', ${MOMENT}, $5::bigint, $6 FROM owned
      ON CONFLICT (item_id, channel_id) DO UPDATE SET discord_at = coalesce(seen_post.discord_at, excluded.discord_at),
        fingerprint = coalesce(excluded.fingerprint, seen_post.fingerprint) WHERE seen_post.state = 'open'`,
    dropIntent: `DELETE FROM ${post}
      WHERE item_id ${isOwned} AND channel_id = $4 AND state = 'open'`,
    // An insert, because the intent may be missing: the message exists nonetheless.
    savePost: `${newPost} ${setPosted}`,
    saveFoundPost: `${newPost}
      WHERE NOT EXISTS (SELECT FROM ${post} WHERE seen_post.message_id = $5 AND seen_post.item_id <> owned.id)
      ${setPosted}`,
    savePostFailure: `INSERT INTO ${post} (item_id, channel_id, state, intent_at, error)
      SELECT owned.id, $4, 'failed', ${MOMENT}, $5 FROM owned
      ON CONFLICT (item_id, channel_id) DO UPDATE SET state = 'failed', error = excluded.error
        WHERE seen_post.state <> 'posted'`,
  };
}
