import type { Claim } from '../../store/contract/claims.ts';
import { reasonOf, SeenError, SeenInputError } from '../../store/errors.ts';
import { telemetry } from '../../store/telemetry.ts';
import { backoffMs } from '../backoff.ts';
import type { ResolvedContext } from '../context.ts';
import { settledOutcome, type Poster, type PostOutcome } from '../discord/poster.ts';
import { FeedUnauthorizedError } from '../errors.ts';
import type { ItemProgress, Outcome } from '../progress/item-progress.ts';
import { enrich } from './enrich.ts';
import type { CycleTally } from './tally.ts';

/** An item that is to be delivered. */
export interface DeliveryJob<Item> {
  readonly item: Item;
  readonly progress: ItemProgress;
  /** Undefined for an item that is delivered while the store is down. */
  readonly claim?: Claim | undefined;
}

export interface ItemContext<Item, Enrichment> extends ResolvedContext<Item, Enrichment> {
  readonly poster: Poster;
  readonly tally: CycleTally;
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
  signal: AbortSignal,
): Promise<void> {
  const outcome: Outcome = signal.aborted ? { kind: 'retry' } : await makeAttempt(context, item, progress, signal);
  await progress.settle(outcome);
  report(context, progress, outcome);
}

/** Code of the feed that throws, or returns what JSON cannot hold, fails this item only. */
async function makeAttempt<Item, Enrichment>(
  context: ItemContext<Item, Enrichment>,
  item: Item,
  progress: ItemProgress,
  signal: AbortSignal,
): Promise<Outcome> {
  await progress.start();
  try {
    return await enrichAndPost(context, item, progress, signal);
  } catch (error) {
    if (error instanceof FeedUnauthorizedError) {
      context.halt(error);
      return { kind: 'retry' };
    }
    if (error instanceof SeenError && !(error instanceof SeenInputError)) throw error;
    context.logger.error('feed_item_broken', { id: progress.id, error });
    return retryOrFail(context, progress, reasonOf(error));
  }
}

async function enrichAndPost<Item, Enrichment>(
  context: ItemContext<Item, Enrichment>,
  item: Item,
  progress: ItemProgress,
  signal: AbortSignal,
): Promise<Outcome> {
  const { feed, poster, options } = context;
  if (progress.attempt > options.maxAttempts)
    return { kind: 'failed', error: `${options.maxAttempts} attempts ended without an outcome` };
  const channels = [...new Set(feed.channels(item))];
  const open = channels.filter((channelId) => settledOutcome(progress.postIn(channelId)) === undefined);
  const posts = channels.flatMap((channelId) => settledOutcome(progress.postIn(channelId)) ?? []);
  if (open.length === 0) return conclude(context, progress, posts);
  const retryAt = endOfPause(open, poster);
  if (retryAt !== undefined) return { kind: 'retry', retryAt };
  const enriched = await enrich(context, item, progress, signal);
  if ('error' in enriched && signal.aborted) return { kind: 'retry' };
  if ('error' in enriched) return retryOrFail(context, progress, `enrichment: ${enriched.error}`);
  for (const channelId of open) {
    const post = await poster.post(progress, channelId, feed.message(item, enriched.enrichment, channelId));
    if (post.kind === 'posted') telemetry.item.publish({ feed: feed.name, id: progress.id, step: 'posted' });
    posts.push(post);
  }
  return conclude(context, progress, posts);
}

/** The end of the first pause when all channels are paused: until then an enrichment would be paid for nothing. */
function endOfPause(channels: readonly string[], poster: Poster): Date | undefined {
  const pauses = channels.map((channelId) => poster.pausedUntil(channelId)?.getTime() ?? 0);
  const first = Math.min(...pauses);
  return first === 0 ? undefined : new Date(first);
}

/** A channel that failed for good makes the item a dead letter, but only once the others have got it. */
function conclude<Item, Enrichment>(
  context: ItemContext<Item, Enrichment>,
  progress: ItemProgress,
  posts: readonly PostOutcome[],
): Outcome {
  const retried = posts.find((post) => post.kind === 'retry');
  if (retried !== undefined) return retryOrFail(context, progress, retried.error);
  const paused = posts.find((post) => post.kind === 'paused');
  if (paused !== undefined) return { kind: 'retry', retryAt: paused.until };
  const failed = posts.find((post) => post.kind === 'failed');
  return failed === undefined ? { kind: 'posted', channels: posts.length } : { kind: 'failed', error: failed.error };
}

/** The outcome of an attempt that failed: another one after a pause, or none after the last. */
function retryOrFail<Item, Enrichment>(
  { clock, options: { maxAttempts } }: ItemContext<Item, Enrichment>,
  { attempt }: ItemProgress,
  error: string,
): Outcome {
  if (attempt >= maxAttempts) return { kind: 'failed', error: `${error} (attempt ${attempt} of ${maxAttempts})` };
  return { kind: 'retry', error, retryAt: new Date(clock.now() + backoffMs(attempt)) };
}

/** Tells the tally, the telemetry channel and the log how the attempt ended. */
function report<Item, Enrichment>(
  { feed, logger, tally }: ItemContext<Item, Enrichment>,
  { id, attempt }: ItemProgress,
  outcome: Outcome,
): void {
  telemetry.item.publish({ feed: feed.name, id, step: 'settled' });
  if (outcome.kind === 'posted') return tally.add(outcome.channels > 0 ? 'posted' : 'marked');
  const { kind, error } = outcome;
  if (error === undefined) return undefined;
  tally.add('failed');
  if (kind === 'failed') logger.error('feed_item_failed', { id, attempt, error });
  else logger.warn('feed_item_retry', { id, attempt, error, retry_at: outcome.retryAt });
  telemetry.item.publish({ feed: feed.name, id, step: kind === 'failed' ? 'failed' : 'retried' });
}
