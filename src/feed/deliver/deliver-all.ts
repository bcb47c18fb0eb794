import { SeenClaimLostError } from '../../store/errors.ts';
import { isStoreFault, type StoreFaults } from '../progress/store-faults.ts';
import { ChannelOrder, type Turns } from './order/channel-order.ts';
import { deliverItem, type DeliveryJob, type ItemContext, type TimedJob } from './deliver-item.ts';
import { LeaseRenewer } from './lease-renewer.ts';
import { Slots } from './order/slots.ts';
import { letOthersTryFirst } from './order/step-aside.ts';
import { openChannels } from './post-item.ts';

export interface BatchContext<Item, Enrichment> extends Omit<ItemContext<Item, Enrichment>, 'halt' | 'slots'> {
  readonly faults: StoreFaults;
}

/**
 * Delivers the items of a batch: several are enriched at the same time, and in each channel they are posted in order.
 * Their leases are renewed meanwhile. An item that fails has no effect on the others.
 *
 * Once the signal aborts, or Discord refuses the token, no further item is begun, and the rest is given back.
 *
 * @returns The error that ended the delivery early, if any: Discord refused the token, or the store was closed.
 */
export async function deliverAll<Item, Enrichment>(
  context: BatchContext<Item, Enrichment>,
  jobs: readonly TimedJob<Item>[],
  signal: AbortSignal,
): Promise<unknown> {
  const halted = new AbortController();
  const finished = new AbortController();
  const stop = AbortSignal.any([signal, halted.signal]);
  const slots = new Slots(context.options.maxConcurrent);
  const itemContext = { ...context, slots, halt: (error: unknown) => halted.abort(error) };
  const order = new ChannelOrder(context);
  const renewer = new LeaseRenewer(context);
  const planned = jobs.map((job) => ({ job, channelIds: channelsToPostIn(context, job) }));
  const lined = letOthersTryFirst(planned, context.poster).map(({ job, channelIds }) => ({
    job,
    turns: order.join(channelIds, job.claim),
    lost: job.claim === undefined ? stop : renewer.track(job.claim),
  }));
  const renewing = renewer.run(finished.signal);
  const deliver = async ({ job, turns, lost }: (typeof lined)[number]): Promise<void> => {
    await deliverSafely(itemContext, job, turns, AbortSignal.any([stop, lost]));
    if (job.claim !== undefined) renewer.untrack(job.claim);
  };
  await Promise.all(lined.map(deliver));
  finished.abort();
  await renewing;
  return halted.signal.reason;
}

/** Code of the feed that throws is the delivery's to report, once it comes to the item. */
function channelsToPostIn<Item>(
  { feed }: Pick<BatchContext<Item, unknown>, 'feed'>,
  { item, progress }: DeliveryJob<Item>,
): string[] {
  try {
    return openChannels(feed, item, progress);
  } catch {
    return [];
  }
}

/** Never rejects: an item that was lost, or that the store failed, is left to its next owner. */
async function deliverSafely<Item, Enrichment>(
  context: BatchContext<Item, Enrichment> & ItemContext<Item, Enrichment>,
  job: TimedJob<Item>,
  turns: Turns,
  signal: AbortSignal,
): Promise<void> {
  const { feed, logger, faults } = context;
  try {
    await deliverItem(context, job, turns, signal);
    await context.incidents.settle(signal);
  } catch (error) {
    if (error instanceof SeenClaimLostError)
      logger.warn('feed_claim_lost', { feed: feed.name, id: job.progress.key, error });
    else if (isStoreFault(error)) faults.report(error);
    else context.halt(error);
  }
}
