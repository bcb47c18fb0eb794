import type { ResolvedContext } from '../context.ts';
import type { Poster } from '../discord/poster.ts';
import { postFor } from '../discord/post-for.ts';
import type { LateEnrichment } from './late-enrichments.ts';

export interface EditContext<Item, Enrichment> extends ResolvedContext<Item, Enrichment> {
  readonly poster: Poster;
}

/** A message that Discord has confirmed. In a forum it has the id of its thread. */
export interface ConfirmedPost {
  readonly channelId: string;
  readonly messageId: string;
}

/** An item that was posted without its enrichment. */
export interface PlainItem<Item> {
  readonly item: Item;
  /** The item's id as its feed gives it. */
  readonly key: string;
  readonly posts: readonly ConfirmedPost[];
}

/**
 * Edits the posts of an item, each once, when its enrichment comes late. Nobody waits for that. A post that cannot be
 * edited stays as it is.
 */
export function editLate<Item, Enrichment>(
  context: EditContext<Item, Enrichment>,
  plain: PlainItem<Item>,
  late: LateEnrichment<Enrichment>,
): void {
  const { feed, logger } = context;
  editOnceEnriched(context, plain, late).catch((error: unknown) => {
    logger.warn('feed_edit_failed', { feed: feed.name, id: plain.key, error });
  });
}

async function editOnceEnriched<Item, Enrichment>(
  context: EditContext<Item, Enrichment>,
  { item, key: id, posts }: PlainItem<Item>,
  late: LateEnrichment<Enrichment>,
): Promise<void> {
  const { feed, poster, logger } = context;
  if (posts.length === 0) late.abort();
  const enrichment = await late.enrichment;
  if (enrichment === undefined) return;
  for (const { channelId, messageId } of posts) {
    const fields = { feed: feed.name, id, channel_id: channelId, message_id: messageId };
    try {
      await poster.edit(channelId, messageId, postFor(context, item, enrichment, channelId));
      logger.info('feed_post_edited', fields);
    } catch (error) {
      logger.warn('feed_edit_failed', { ...fields, error });
    }
  }
}
