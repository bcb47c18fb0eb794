import pMap from 'p-map';

import type { Claim } from '../../store/contract/claims.ts';
import type { CycleCounts } from '../../store/contract/cycles.ts';
import { SeenClaimLostError } from '../../store/errors.ts';
import type { SeenLogger } from '../../store/logger.ts';
import { telemetry } from '../../store/telemetry.ts';
import { deliverItem, type ItemDelivery } from './deliver-item.ts';
import { FeedUnauthorizedError } from '../errors.ts';
import { isStoreFault, type StoreFaults } from '../progress/store-faults.ts';
import type { LeaseKeeper } from './lease-renewer.ts';
import type { ItemRecord, Outcome } from '../progress/item-progress.ts';

export interface Work<Item> {
  readonly item: Item;
  readonly record: ItemRecord;
  /** Undefined for an item that is delivered while the store is down. */
  readonly claim?: Claim;
}

export interface AllDelivery<Item, Enrichment> extends ItemDelivery<Item, Enrichment> {
  readonly keeper: LeaseKeeper;
  readonly faults: StoreFaults;
  readonly maxConcurrent: number;
}

export interface Delivered extends Pick<CycleCounts, 'posted' | 'marked' | 'failed'> {
  /** What ended the delivery early: Discord no longer accepts the token, or the store was closed. */
  readonly halted: unknown;
}

/**
 * Delivers several items at a time, in order, each for itself: what becomes of one says nothing about the others.
 *
 * Once the signal aborts, or the token is refused, no further item is begun; what is left is given back uncounted.
 */
export async function deliverAll<Item, Enrichment>(
  delivery: AllDelivery<Item, Enrichment>,
  work: readonly Work<Item>[],
  signal: AbortSignal,
): Promise<Delivered> {
  const { keeper, maxConcurrent } = delivery;
  const halt = new AbortController();
  const finished = new AbortController();
  const stop = AbortSignal.any([signal, halt.signal]);
  const leases = new Map(work.map(({ claim }) => [claim, claim === undefined ? stop : keeper.keep(claim)]));
  const renewing = keeper.run(finished.signal);
  const outcomes = await pMap(
    work,
    async (one) => {
      const outcome = await deliverOne(delivery, one, AbortSignal.any([stop, leases.get(one.claim) ?? stop]), halt);
      if (one.claim !== undefined) keeper.drop(one.claim);
      return outcome;
    },
    { concurrency: maxConcurrent },
  );
  finished.abort();
  await renewing;
  return { ...summarize(outcomes), halted: halt.signal.reason };
}

/** Never rejects. Undefined when somebody else delivers the item, or the store forbids to go on. */
async function deliverOne<Item, Enrichment>(
  delivery: AllDelivery<Item, Enrichment>,
  { item, record }: Work<Item>,
  signal: AbortSignal,
  halt: AbortController,
): Promise<Outcome | undefined> {
  try {
    if (signal.aborted) return await giveBack(record);
    const outcome = await deliverItem(delivery, item, record, signal);
    report(delivery, record, outcome);
    return outcome;
  } catch (error) {
    return afterError(delivery, record, halt, error);
  }
}

async function afterError<Item, Enrichment>(
  delivery: AllDelivery<Item, Enrichment>,
  record: ItemRecord,
  halt: AbortController,
  error: unknown,
): Promise<undefined> {
  const { logger, faults } = delivery;
  if (error instanceof SeenClaimLostError) logger.warn('feed_claim_lost', { id: record.id, error });
  else if (isStoreFault(error)) faults.report(error);
  else halt.abort(error);
  if (!(error instanceof FeedUnauthorizedError)) return;
  try {
    await giveBack(record);
  } catch (another) {
    await afterError(delivery, record, halt, another);
  }
}

async function giveBack(record: ItemRecord): Promise<Outcome> {
  const outcome: Outcome = { kind: 'later' };
  await record.end(outcome);
  return outcome;
}

function report(
  { logger, feed }: { readonly logger: SeenLogger; readonly feed: { readonly name: string } },
  { id, attempt }: ItemRecord,
  outcome: Outcome,
): void {
  if (outcome.kind === 'posted' || outcome.error === undefined) return;
  const { error } = outcome;
  if (outcome.kind === 'failed') logger.error('feed_item_failed', { id, attempt, error });
  else logger.warn('feed_item_retry', { id, attempt, error, retry_at: outcome.retryAt });
  const step = outcome.kind === 'failed' ? 'failed' : 'retried';
  telemetry.item.publish({ feed: feed.name, step });
}

function summarize(outcomes: readonly (Outcome | undefined)[]): Omit<Delivered, 'halted'> {
  const ended = outcomes.filter((outcome) => outcome !== undefined);
  return {
    posted: ended.filter((outcome) => outcome.kind === 'posted' && outcome.channels > 0).length,
    marked: ended.filter((outcome) => outcome.kind === 'posted' && outcome.channels === 0).length,
    failed: ended.filter((outcome) => outcome.kind !== 'posted' && outcome.error !== undefined).length,
  };
}
