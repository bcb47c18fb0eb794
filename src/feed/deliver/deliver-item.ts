import type { Claim } from '../../store/contract/claims.ts';
import { reasonOf } from '../../store/errors.ts';
import { telemetry } from '../../store/telemetry.ts';
import type { ResolvedContext } from '../context.ts';
import type { Deadline } from '../deadline.ts';
import type { Poster } from '../discord/poster.ts';
import { editLate } from '../enrichment/edit-late.ts';
import type { Enricher } from '../enrichment/enricher.ts';
import type { LateEnrichment } from '../enrichment/late-enrichments.ts';
import { FeedUnauthorizedError } from '../errors.ts';
import type { ItemProgress, Outcome } from '../progress/item-progress.ts';
import type { Turns } from './order/channel-order.ts';
import { conclude, retryOrFail } from './conclude.ts';
import type { Slots } from './order/slots.ts';
import {
  isFaultOfFeed,
  isPosted,
  messagesOf,
  openChannels,
  postEverywhere,
  seemsShownEverywhere,
  settledPosts,
} from './post-item.ts';
import type { CycleTally } from './tally.ts';
import type { WaitingChannels } from './order/waiting-channels.ts';

/** An item that is to be delivered. */
export interface DeliveryJob<Item> {
  readonly item: Item;
  readonly progress: ItemProgress;
  /** Undefined for an item that is delivered while the store is down. */
  readonly claim?: Claim | undefined;
}

/** A job whose item waits for its enrichment until the deadline. */
export interface TimedJob<Item> extends DeliveryJob<Item> {
  readonly deadline: Deadline;
}

export interface ItemContext<Item, Enrichment> extends ResolvedContext<Item, Enrichment> {
  readonly poster: Poster;
  readonly enricher: Enricher<Item, Enrichment>;
  readonly waiting: WaitingChannels;
  readonly tally: CycleTally;
  /** Limits how many items are worked on at the same time. */
  readonly slots: Slots;
  /** Called with an error that every other item of the batch would meet as well: no further one is begun. */
  readonly halt: (error: unknown) => void;
}

/**
 * Delivers one item: enriches it, unless an earlier attempt did, posts it into every channel that has not got it yet,
 * and settles its progress. An item whose enrichment fails, or does not come in time, is posted without. Once the signal
 * has aborted, the item is given back, and the attempt does not count.
 *
 * @throws {SeenClaimLostError} when the item passed to another owner, who will deliver it.
 * @throws {SeenStoreError} when the store does not keep a step, and the feed's policy is to wait for it.
 */
export async function deliverItem<Item, Enrichment>(
  context: ItemContext<Item, Enrichment>,
  { item, progress, deadline }: TimedJob<Item>,
  turns: Turns,
  signal: AbortSignal,
): Promise<void> {
  const outcome = await makeAttempt(context, { item, progress, deadline, turns, signal });
  const isWaiting = outcome.kind === 'wait' || outcome.kind === 'trouble';
  if (isWaiting) context.waiting.add(turns.channelIds);
  await progress.settle(outcome);
  if (outcome.kind === 'posted' || outcome.kind === 'failed') context.enricher.forget(progress);
  report(context, progress, outcome);
}

/** One attempt to deliver an item. */
interface Attempt<Item> {
  readonly item: Item;
  readonly progress: ItemProgress;
  readonly deadline: Deadline;
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
    context.logger.error('feed_item_broken', { feed: context.feed.name, id: progress.key, error });
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
  attempt: Attempt<Item>,
  giveUpSlot: () => void,
): Promise<Outcome> {
  const { feed, enricher } = context;
  const { item, progress, deadline, turns, signal } = attempt;
  if (signal.aborted) return { kind: 'wait' };
  const paused = turns.pauses();
  if (paused !== undefined) return conclude(context, progress, [...settledPosts(feed, item, progress), ...paused]);
  await progress.start();
  if (
    feed.enrich !== undefined &&
    progress.enrichment === undefined &&
    (await seemsShownEverywhere(context, attempt))
  ) {
    if (turns.setReady()) giveUpSlot();
    return conclude(context, progress, await postEverywhere(context, attempt, undefined));
  }
  const { channelIds } = turns;
  const enriched = await enricher.enrich({ item, progress, deadline, channelIds }, signal);
  if (enriched.kind === 'stopped') return { kind: 'wait' };
  if (enriched.kind === 'new') reportEnriched(context, progress);
  if (turns.setReady()) giveUpSlot();
  if (enriched.kind !== 'plain')
    return conclude(context, progress, await postEverywhere(context, attempt, enriched.enrichment));
  return postPlain(context, attempt, enriched.late);
}

/** Posts the item without its enrichment, and edits the post once that comes. Nothing waits for it. */
async function postPlain<Item, Enrichment>(
  context: ItemContext<Item, Enrichment>,
  attempt: Attempt<Item>,
  late: LateEnrichment<Enrichment> | undefined,
): Promise<Outcome> {
  const { item, progress } = attempt;
  try {
    const posts = await postEverywhere(context, attempt, undefined);
    if (late !== undefined) editLate(context, { item, key: progress.key, posts: messagesOf(posts) }, late);
    return await conclude(context, progress, posts);
  } catch (error) {
    late?.abort();
    throw error;
  }
}

function reportEnriched<Item, Enrichment>(
  { feed, tally }: ItemContext<Item, Enrichment>,
  { key: id }: ItemProgress,
): void {
  tally.add('enriched');
  telemetry.item.publish({ feed: feed.name, id, step: 'enriched' });
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
  const fields = { feed: feed.name, id, attempt };
  if (kind === 'failed') logger.error('feed_item_failed', { ...fields, error: outcome.error });
  else if (kind === 'trouble') logger.warn('feed_item_retry', { ...fields, error: outcome.reason });
  else logger.warn('feed_item_retry', { ...fields, error: outcome.error, retry_at: outcome.retryAt });
  telemetry.item.publish({ feed: feed.name, id, step: kind === 'failed' ? 'failed' : 'retried' });
}
