import type { Clock } from '../../store/clock.ts';
import { telemetry } from '../../store/telemetry.ts';
import { reasonOf, SeenError, SeenInputError } from '../../store/errors.ts';
import type { SeenLogger } from '../../store/logger.ts';
import { backoffMs } from '../backoff.ts';
import { settledOutcome, type Poster, type PostOutcome } from '../discord/poster.ts';
import type { Feed } from '../feed.ts';
import type { ItemRecord, Outcome } from '../progress/item-progress.ts';

/** The steps of a delivery, as `onStep` hears of them, in order. */
export type DeliveryStep = 'claimed' | 'enriched' | 'posted' | 'ended';

export interface ItemDelivery<Item, Enrichment> {
  readonly feed: Feed<Item, Enrichment>;
  readonly poster: Poster;
  readonly clock: Clock;
  readonly logger: SeenLogger;
  readonly maxAttempts: number;
  /** Hears of each step before the next begins. */
  onStep(step: DeliveryStep, id: string): void;
}

/**
 * Takes one item from the claim to the commit: enriches it unless that was done before, posts it into every channel
 * that has not got it, and ends its record.
 *
 * @throws {FeedUnauthorizedError} when the token no longer counts.
 * @throws {SeenClaimLostError} when the item passed to another owner, who will deliver it.
 */
export async function deliverItem<Item, Enrichment>(
  delivery: ItemDelivery<Item, Enrichment>,
  item: Item,
  record: ItemRecord,
  signal: AbortSignal,
): Promise<Outcome> {
  await record.begin();
  const outcome = await attemptSafely(delivery, item, record, signal);
  await record.end(outcome);
  delivery.onStep('ended', record.id);
  return outcome;
}

/** A feed that throws, or gives what JSON cannot hold, fails this item only. */
async function attemptSafely<Item, Enrichment>(
  delivery: ItemDelivery<Item, Enrichment>,
  item: Item,
  record: ItemRecord,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    return await attempt(delivery, item, record, signal);
  } catch (error) {
    if (error instanceof SeenError && !(error instanceof SeenInputError)) throw error;
    delivery.logger.error('feed_item_broken', { id: record.id, error });
    return retry(delivery, record, reasonOf(error));
  }
}

async function attempt<Item, Enrichment>(
  delivery: ItemDelivery<Item, Enrichment>,
  item: Item,
  record: ItemRecord,
  signal: AbortSignal,
): Promise<Outcome> {
  const { feed, poster, maxAttempts } = delivery;
  if (record.attempt > maxAttempts) return { kind: 'failed', error: `${maxAttempts} attempts ended without a word` };
  const channels = [...new Set(feed.channels(item))];
  const open = channels.filter((channelId) => settledOutcome(record.postIn(channelId)) === undefined);
  const pause = pausedUntil(open, poster);
  if (pause !== undefined) return { kind: 'later', retryAt: pause };
  const posts = channels
    .map((channelId) => settledOutcome(record.postIn(channelId)))
    .filter((post) => post !== undefined);
  if (open.length === 0) return conclude(delivery, record, posts);
  const enriched = await enrich(delivery, item, record, signal);
  if ('kind' in enriched) return enriched;
  for (const channelId of open) {
    posts.push(await poster.post(record, channelId, feed.message(item, enriched.enrichment, channelId)));
    delivery.onStep('posted', record.id);
  }
  return conclude(delivery, record, posts);
}

/** When no channel takes posts at the moment, the enrichment would be paid for nothing yet. */
function pausedUntil(open: readonly string[], poster: Poster): Date | undefined {
  const pauses = open.map((channelId) => poster.pausedUntil(channelId));
  if (open.length === 0 || pauses.includes(undefined)) return undefined;
  return pauses.reduce((one, other) => (one !== undefined && other !== undefined && one < other ? one : other));
}

async function enrich<Item, Enrichment>(
  delivery: ItemDelivery<Item, Enrichment>,
  item: Item,
  record: ItemRecord,
  signal: AbortSignal,
): Promise<{ readonly enrichment: Enrichment } | Outcome> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this feed saved it
  if (record.enrichment !== undefined) return { enrichment: record.enrichment as Enrichment };
  let enrichment: Enrichment;
  try {
    const { feed, clock } = delivery;
    enrichment = await timed(feed.name, clock, () => feed.enrich(item, signal));
  } catch (error) {
    if (signal.aborted) return { kind: 'later' };
    return retry(delivery, record, `enrichment: ${reasonOf(error)}`);
  }
  await record.saveEnrichment(enrichment);
  delivery.onStep('enriched', record.id);
  return { enrichment };
}

/** Says how long the enrichment took, to whoever measures. */
async function timed<Result>(feed: string, clock: Clock, work: () => Promise<Result>): Promise<Result> {
  const startedAt = clock.now();
  const publish = (ok: boolean): void => {
    telemetry.enrichment.publish({ feed, durationMs: clock.now() - startedAt, ok });
  };
  try {
    const result = await work();
    publish(true);
    return result;
  } catch (error) {
    publish(false);
    throw error;
  }
}

/** A channel that failed for good makes the item a dead letter, but only once the others have got it. */
function conclude<Item, Enrichment>(
  delivery: ItemDelivery<Item, Enrichment>,
  record: ItemRecord,
  posts: readonly PostOutcome[],
): Outcome {
  const retried = posts.find((post) => post.kind === 'retry');
  if (retried !== undefined) return retry(delivery, record, retried.error);
  const paused = posts.find((post) => post.kind === 'paused');
  if (paused !== undefined) return { kind: 'later', retryAt: paused.until };
  const failed = posts.find((post) => post.kind === 'failed');
  return failed === undefined ? { kind: 'posted', channels: posts.length } : { kind: 'failed', error: failed.error };
}

function retry<Item, Enrichment>(
  { clock, maxAttempts }: ItemDelivery<Item, Enrichment>,
  { attempt: count }: ItemRecord,
  error: string,
): Outcome {
  if (count >= maxAttempts) return { kind: 'failed', error: `${error} (attempt ${count} of ${maxAttempts})` };
  return { kind: 'later', error, retryAt: new Date(clock.now() + backoffMs(count)) };
}
