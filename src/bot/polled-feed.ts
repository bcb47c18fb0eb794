import { container } from '@sapphire/framework';
import { FeedListener, lead, poll, type FeedBatch } from 'sapphire-plugin-seen';
import { systemClock, type Clock } from 'sapphire-plugin-seen/store';

import { Mailbox } from './mailbox.ts';

/** A source that the bot polls. What it lists is posted by the listener of the same name. */
export interface PolledFeed {
  readonly name: string;
  /** Time from one poll to the next, in milliseconds. */
  readonly everyMs: number;
  /** Asks the source once. */
  readonly fetch: (signal: AbortSignal) => Promise<FeedBatch<unknown>>;
}

/**
 * Polls the source on schedule, and has its batches posted, one after the other, until the signal aborts, while this
 * process leads of all that share the store. No poll waits for a batch to be delivered. What fails is logged, whether the
 * source or the listener is to blame.
 *
 * @returns Once the last batch has ended.
 */
export async function pollFeed(feed: PolledFeed, signal: AbortSignal, clock: Clock = systemClock): Promise<void> {
  const { logger } = container;
  await lead((term) => pollAndDeliver(feed, term, clock), { feed: feed.name, signal, clock, logger });
}

/** Polls for one term. Items that wait for their delivery at its end are left to whoever leads next. */
async function pollAndDeliver({ name, everyMs, fetch }: PolledFeed, signal: AbortSignal, clock: Clock): Promise<void> {
  const mailbox = new Mailbox((item) => listenerOf(name).key(item));
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const fill = async (): Promise<void> => {
    const batch = await fetchSafely({ name, fetch }, stop);
    mailbox.put({ ...batch, listedAt: batch.listedAt ?? new Date(clock.now()) });
  };
  try {
    const polling = poll(fill, { feed: name, everyMs, signal: stop, clock, logger: container.logger });
    await Promise.all([polling, deliverAll(name, mailbox, stop)]);
  } finally {
    failed.abort();
  }
}

/** The listener is unloaded when the signal aborts, and would give a batch back: none is begun any more. */
async function deliverAll(name: string, mailbox: Mailbox, signal: AbortSignal): Promise<void> {
  for (let batch = await mailbox.take(signal); batch !== undefined; batch = await mailbox.take(signal)) {
    try {
      await listenerOf(name).run(batch);
    } catch (error) {
      if (signal.aborted) container.logger.debug('feed_poll_aborted', { feed: name, error });
      else container.logger.error('feed_poll_failed', { feed: name, error });
    }
  }
}

/** The batch of a source that cannot be read is an empty one, which says so. */
async function fetchSafely(
  { name, fetch }: Pick<PolledFeed, 'name' | 'fetch'>,
  signal: AbortSignal,
): Promise<FeedBatch<unknown>> {
  try {
    return await fetch(signal);
  } catch (error) {
    if (!signal.aborted) container.logger.error('feed_poll_failed', { feed: name, error });
    return { items: [], complete: false, error };
  }
}

function listenerOf(name: string): FeedListener<unknown> {
  const listener = container.stores.get('listeners').get(name);
  if (listener instanceof FeedListener) return listener;
  throw new Error(`The listener "${name}" was not loaded.`);
}
