import pMap from 'p-map';

import { SeenClaimLostError } from '../../store/errors.ts';
import { isStoreFault, type StoreFaults } from '../progress/store-faults.ts';
import { deliverItem, type DeliveryJob, type ItemContext } from './deliver-item.ts';
import { LeaseRenewer } from './lease-renewer.ts';

export interface BatchContext<Item, Enrichment> extends Omit<ItemContext<Item, Enrichment>, 'halt'> {
  readonly faults: StoreFaults;
}

/**
 * Delivers several items at the same time, in order, and renews their leases meanwhile. One that fails has no effect on
 * the others.
 *
 * Once the signal aborts, or Discord refuses the token, no further item is begun, and the rest is given back.
 *
 * @returns The error that ended the delivery early, if any: Discord refused the token, or the store was closed.
 */
export async function deliverAll<Item, Enrichment>(
  context: BatchContext<Item, Enrichment>,
  jobs: readonly DeliveryJob<Item>[],
  signal: AbortSignal,
): Promise<unknown> {
  const halted = new AbortController();
  const finished = new AbortController();
  const stop = AbortSignal.any([signal, halted.signal]);
  const itemContext = { ...context, halt: (error: unknown) => halted.abort(error) };
  const renewer = new LeaseRenewer(context);
  const tracked = jobs.map((job) => ({ job, lost: job.claim === undefined ? stop : renewer.track(job.claim) }));
  const renewing = renewer.run(finished.signal);
  const deliver = async ({ job, lost }: (typeof tracked)[number]): Promise<void> => {
    await deliverSafely(itemContext, job, AbortSignal.any([stop, lost]));
    if (job.claim !== undefined) renewer.untrack(job.claim);
  };
  await pMap(tracked, deliver, { concurrency: context.options.maxConcurrent });
  finished.abort();
  await renewing;
  return halted.signal.reason;
}

/** Never rejects: an item that was lost, or that the store failed, is left to its next owner. */
async function deliverSafely<Item, Enrichment>(
  context: BatchContext<Item, Enrichment> & ItemContext<Item, Enrichment>,
  job: DeliveryJob<Item>,
  signal: AbortSignal,
): Promise<void> {
  const { logger, faults } = context;
  try {
    await deliverItem(context, job, signal);
  } catch (error) {
    if (error instanceof SeenClaimLostError) logger.warn('feed_claim_lost', { id: job.progress.id, error });
    else if (isStoreFault(error)) faults.report(error);
    else context.halt(error);
  }
}
