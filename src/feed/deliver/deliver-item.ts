import type { Claim } from '../../store/contract/claims.ts';
import { reasonOf, SeenError, SeenInputError } from '../../store/errors.ts';
import { telemetry } from '../../store/telemetry.ts';
import type { ResolvedContext } from '../context.ts';
import type { Post } from '../discord/forum/forum-thread.ts';
import { postFor } from '../discord/post-for.ts';
import { settledOutcome, type PostOutcome } from '../discord/post-outcome.ts';
import type { Poster } from '../discord/poster.ts';
import { FeedUnauthorizedError } from '../errors.ts';
import type { Feed } from '../feed.ts';
import { channelsOf } from '../item-channels.ts';
import type { ItemProgress, Outcome } from '../progress/item-progress.ts';
import type { Turns } from './order/channel-order.ts';
import { conclude, retryOrFail } from './conclude.ts';
import { enrich } from './enrich.ts';
import type { Slots } from './order/slots.ts';
import type { CycleTally } from './tally.ts';
import type { WaitingChannels } from './order/waiting-channels.ts';

/** An item that is to be delivered. */
export interface DeliveryJob<Item> {
  readonly item: Item;
  readonly progress: ItemProgress;
  /** Undefined for an item that is delivered while the store is down. */
  readonly claim?: Claim | undefined;
}

export interface ItemContext<Item, Enrichment> extends ResolvedContext<Item, Enrichment> {
  readonly poster: Poster;
  readonly waiting: WaitingChannels;
  readonly tally: CycleTally;
  /** Limits how many items are worked on at the same time. */
  readonly slots: Slots;
  /** Called with an error that every other item of the batch would meet as well: no further one is begun. */
  readonly halt: (error: unknown) => void;
}

/**
 * Delivers one item: enriches it, unless an earlier attempt did, posts it into every channel that has not got it yet,
 * and settles its progress. Once the signal has aborted, the item is given back, and the attempt does not count.
 *
 * @throws {SeenClaimLostError} when the item passed to another owner, who will deliver it.
 * @throws {SeenStoreError} when the store does not keep a step, and the feed's policy is to wait for it.
 */
export async function deliverItem<Item, Enrichment>(
  context: ItemContext<Item, Enrichment>,
  { item, progress }: DeliveryJob<Item>,
  turns: Turns,
  signal: AbortSignal,
): Promise<void> {
  const outcome = await makeAttempt(context, { item, progress, turns, signal });
  const isWaiting = outcome.kind === 'wait' || outcome.kind === 'trouble';
  if (isWaiting) context.waiting.add(turns.channelIds);
  await progress.settle(outcome);
  report(context, progress, outcome);
}

/** One attempt to deliver an item. */
interface Attempt<Item> {
  readonly item: Item;
  readonly progress: ItemProgress;
  readonly turns: Turns;
  readonly signal: AbortSignal;
}

/** Code of the feed that throws, or returns what JSON cannot hold, fails this item only. */
async function makeAttempt<Item, Enrichment>(
  context: ItemContext<Item, Enrichment>,
  attempt: Attempt<Item>,
): Promise<Outcome> {
  const { progress, turns } = attempt;
  try {
    const ended = await endBeforeWork(context, attempt);
    return ended ?? (await context.slots.run((giveUpSlot) => enrichAndPost(context, attempt, giveUpSlot)));
  } catch (error) {
    if (error instanceof FeedUnauthorizedError) {
      context.halt(error);
      return { kind: 'wait' };
    }
    if (!isFaultOfFeed(error)) throw error;
    context.logger.error('feed_item_broken', { id: progress.key, error });
    return retryOrFail(context, progress, reasonOf(error));
  } finally {
    context.poster.leave(progress);
    turns.leave();
  }
}

/** The outcome of an item that need not be worked on, or could not be posted; undefined for one that has to be. */
async function endBeforeWork<Item, Enrichment>(
  context: ItemContext<Item, Enrichment>,
  { item, progress, turns, signal }: Attempt<Item>,
): Promise<Outcome | undefined> {
  const { feed, poster, tally, options } = context;
  if (signal.aborted) return { kind: 'wait' };
  if (progress.attempt > options.maxAttempts)
    return { kind: 'failed', error: `${options.maxAttempts} attempts ended without an outcome` };
  const posts = settledPosts(feed, item, progress);
  const open = openChannels(feed, item, progress);
  if (open.length === 0) {
    // An attempt that ends settles the item: the one that got this far was cut off, and has counted nothing.
    if (posts.some(isPosted)) tally.add('posted');
    return conclude(context, progress, posts);
  }
  const refused = turns.pauses() ?? (await poster.enter(progress, open, signal));
  if (signal.aborted) return { kind: 'wait' };
  return refused === undefined ? undefined : conclude(context, progress, [...posts, ...refused]);
}

async function enrichAndPost<Item, Enrichment>(
  context: ItemContext<Item, Enrichment>,
  { item, progress, turns, signal }: Attempt<Item>,
  giveUpSlot: () => void,
): Promise<Outcome> {
  const { feed, tally } = context;
  if (signal.aborted) return { kind: 'wait' };
  const posts = settledPosts(feed, item, progress);
  const paused = turns.pauses();
  if (paused !== undefined) return conclude(context, progress, [...posts, ...paused]);
  await progress.start();
  const enriched = await enrich(context, item, progress, signal);
  if ('error' in enriched && signal.aborted) return { kind: 'wait' };
  if ('error' in enriched) return retryOrFail(context, progress, `enrichment: ${enriched.error}`);
  if (turns.setReady()) giveUpSlot();
  let isShown = posts.some(isPosted);
  for (const channelId of openChannels(feed, item, progress)) {
    const post = await turns.post(channelId, signal, () =>
      postInto(context, { item, progress }, enriched.enrichment, channelId),
    );
    posts.push(post);
    if (!isPosted(post)) continue;
    telemetry.item.publish({ feed: feed.name, id: progress.key, step: 'posted' });
    if (!isShown) tally.add('posted');
    isShown = true;
  }
  return conclude(context, progress, posts);
}

/** Code of the feed that makes no message for the channel fails the post there, and nowhere else. */
async function postInto<Item, Enrichment>(
  context: ItemContext<Item, Enrichment>,
  { item, progress }: DeliveryJob<Item>,
  enrichment: Enrichment,
  channelId: string,
): Promise<PostOutcome> {
  const { poster, logger } = context;
  let post: Post;
  try {
    post = postFor(context, item, enrichment, channelId);
  } catch (error) {
    if (!isFaultOfFeed(error)) throw error;
    logger.error('feed_item_broken', { id: progress.key, channel_id: channelId, error });
    return poster.recordFault(progress, channelId, reasonOf(error));
  }
  return poster.post(progress, channelId, post);
}

/** The channels that the item is still to be posted in. */
export function openChannels<Item>(
  feed: Pick<Feed<Item, unknown>, 'channels'>,
  item: Item,
  progress: ItemProgress,
): string[] {
  return channelsOf(feed, item).filter((channelId) => settledOutcome(progress.postIn(channelId)) === undefined);
}

function settledPosts<Item>(
  feed: Pick<Feed<Item, unknown>, 'channels'>,
  item: Item,
  progress: ItemProgress,
): PostOutcome[] {
  return channelsOf(feed, item).flatMap((channelId) => settledOutcome(progress.postIn(channelId)) ?? []);
}

function isFaultOfFeed(error: unknown): boolean {
  return !(error instanceof SeenError) || error instanceof SeenInputError;
}

function isPosted({ kind }: PostOutcome): boolean {
  return kind === 'posted';
}

/** Tells the tally, the telemetry channel and the log how the attempt ended. */
function report<Item, Enrichment>(
  { feed, logger, tally }: ItemContext<Item, Enrichment>,
  { key: id, attempt }: ItemProgress,
  outcome: Outcome,
): void {
  telemetry.item.publish({ feed: feed.name, id, step: 'settled' });
  const { kind } = outcome;
  if (kind === 'posted' && outcome.channels === 0) tally.add('marked');
  if (kind === 'posted' || kind === 'wait') return;
  tally.add('failed');
  if (kind === 'failed') logger.error('feed_item_failed', { id, attempt, error: outcome.error });
  else if (kind === 'trouble') logger.warn('feed_item_retry', { id, attempt, error: outcome.reason });
  else logger.warn('feed_item_retry', { id, attempt, error: outcome.error, retry_at: outcome.retryAt });
  telemetry.item.publish({ feed: feed.name, id, step: kind === 'failed' ? 'failed' : 'retried' });
}
