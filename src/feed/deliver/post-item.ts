import { reasonOf, SeenError, SeenInputError } from '../../store/errors.ts';
import { telemetry } from '../../store/telemetry.ts';
import type { ResolvedContext } from '../context.ts';
import type { Post } from '../discord/forum/forum-thread.ts';
import { postFor } from '../discord/post-for.ts';
import { settledOutcome, type PostOutcome } from '../discord/post-outcome.ts';
import type { Poster } from '../discord/poster.ts';
import type { ConfirmedPost } from '../enrichment/edit-late.ts';
import type { Enricher } from '../enrichment/enricher.ts';
import type { Feed } from '../feed.ts';
import { channelsOf } from '../item-channels.ts';
import type { ItemProgress } from '../progress/item-progress.ts';
import type { Turns } from './order/channel-order.ts';
import type { CycleTally } from './tally.ts';

const NEEDS_ENRICHMENT =
  'There was no enrichment in time, and message() or thread() failed without one. Make a message for undefined as well';

export interface PostingContext<Item, Enrichment> extends ResolvedContext<Item, Enrichment> {
  readonly poster: Poster;
  readonly enricher: Pick<Enricher<Item, Enrichment>, 'renew'>;
  readonly tally: CycleTally;
}

/** An item that is to be posted. */
export interface Postable<Item> {
  readonly item: Item;
  readonly progress: ItemProgress;
  readonly turns: Turns;
  readonly signal: AbortSignal;
}

/** The outcome of an item in a channel. */
export type ChannelOutcome = PostOutcome & { readonly channelId: string };

/**
 * Posts the item in its turn into every channel that has not got it yet.
 *
 * @returns The outcomes in all of its channels.
 */
export async function postEverywhere<Item, Enrichment>(
  context: PostingContext<Item, Enrichment>,
  { item, progress, turns, signal }: Postable<Item>,
  enrichment: Enrichment | undefined,
): Promise<ChannelOutcome[]> {
  const { feed, tally } = context;
  const posts = settledPosts(feed, item, progress);
  let isShown = posts.some(isPosted);
  for (const channelId of openChannels(feed, item, progress)) {
    const post = await turns.post(channelId, signal, () =>
      postInto(context, { item, progress }, enrichment, channelId),
    );
    posts.push({ ...post, channelId });
    if (!isPosted(post)) continue;
    telemetry.item.publish({ feed: feed.name, id: progress.key, step: 'posted' });
    if (!isShown) tally.add('posted');
    isShown = true;
  }
  return posts;
}

/**
 * Code of the feed that makes no message for the channel fails the post there, and nowhere else. Where it makes none
 * without an enrichment, the next attempt asks for that again.
 */
async function postInto<Item, Enrichment>(
  context: PostingContext<Item, Enrichment>,
  { item, progress }: Pick<Postable<Item>, 'item' | 'progress'>,
  enrichment: Enrichment | undefined,
  channelId: string,
): Promise<PostOutcome> {
  const { feed, poster, enricher, logger } = context;
  let post: Post;
  try {
    post = postFor(context, item, enrichment, channelId);
  } catch (error) {
    if (!isFaultOfFeed(error)) throw error;
    logger.error('feed_item_broken', { feed: feed.name, id: progress.key, channel_id: channelId, error });
    if (enrichment !== undefined || feed.enrich === undefined)
      return poster.recordFault(progress, channelId, reasonOf(error));
    enricher.renew(progress);
    return poster.recordFault(progress, channelId, `${NEEDS_ENRICHMENT}: ${reasonOf(error)}`);
  }
  const forms = enrichment === undefined ? [] : plainForms(context, { item, progress }, channelId);
  return poster.post(progress, channelId, post, forms);
}

/**
 * The message without an enrichment, where the store may have lost a post in the channel: that is what may have been
 * sent. Some feeds make none.
 */
function plainForms<Item, Enrichment>(
  context: PostingContext<Item, Enrichment>,
  { item, progress }: Pick<Postable<Item>, 'item' | 'progress'>,
  channelId: string,
): Post[] {
  if (progress.uncertainty === null || progress.postIn(channelId) !== undefined) return [];
  try {
    return [postFor(context, item, undefined, channelId)];
  } catch (error) {
    if (!isFaultOfFeed(error)) throw error;
    return [];
  }
}

/**
 * Tells whether every channel seems to show the item already, of which the store may have lost everything: then nobody
 * pays for its enrichment once more.
 */
export async function seemsShownEverywhere<Item, Enrichment>(
  context: PostingContext<Item, Enrichment>,
  { item, progress }: Pick<Postable<Item>, 'item' | 'progress'>,
): Promise<boolean> {
  const { feed, poster } = context;
  if (progress.uncertainty === null) return false;
  for (const channelId of openChannels(feed, item, progress)) {
    const [plain] = plainForms(context, { item, progress }, channelId);
    if (plain === undefined || !(await poster.seemsShown(progress, channelId, plain))) return false;
  }
  return true;
}

/** The channels that the item is still to be posted in. */
export function openChannels<Item>(
  feed: Pick<Feed<Item, unknown>, 'channels'>,
  item: Item,
  progress: ItemProgress,
): string[] {
  return channelsOf(feed, item).filter((channelId) => settledOutcome(progress.postIn(channelId)) === undefined);
}

/** The outcomes that earlier attempts have settled. */
export function settledPosts<Item>(
  feed: Pick<Feed<Item, unknown>, 'channels'>,
  item: Item,
  progress: ItemProgress,
): ChannelOutcome[] {
  return channelsOf(feed, item).flatMap((channelId) => {
    const outcome = settledOutcome(progress.postIn(channelId));
    return outcome === undefined ? [] : [{ ...outcome, channelId }];
  });
}

/** The messages that Discord has confirmed. */
export function messagesOf(posts: readonly ChannelOutcome[]): ConfirmedPost[] {
  return posts.flatMap((post) => {
    if (post.kind !== 'posted' || post.messageId === null) return [];
    return [{ channelId: post.channelId, messageId: post.messageId }];
  });
}

export function isPosted({ kind }: PostOutcome): boolean {
  return kind === 'posted';
}

/** True for an error of the feed's own code, or of what that returned. */
export function isFaultOfFeed(error: unknown): boolean {
  return !(error instanceof SeenError) || error instanceof SeenInputError;
}
