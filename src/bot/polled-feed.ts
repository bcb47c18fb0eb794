import { container } from '@sapphire/framework';
import { FeedListener, poll, type FeedBatch } from 'sapphire-plugin-seen';

/** A source that the bot polls. What it lists is posted by the listener of the same name. */
export interface PolledFeed {
  readonly name: string;
  /** Time from one poll to the next, in milliseconds. */
  readonly everyMs: number;
  /** Asks the source once. */
  readonly fetch: (signal: AbortSignal) => Promise<FeedBatch<unknown>>;
}

/**
 * Polls the source and has its batches posted, one after the other, until the signal aborts. A poll that fails is
 * logged, whether the source or the listener is to blame.
 *
 * @returns Once the last batch has ended.
 */
export function pollFeed({ name, everyMs, fetch }: PolledFeed, signal: AbortSignal): Promise<void> {
  const cycle = async (): Promise<void> => {
    const batch = await fetchSafely({ name, fetch }, signal);
    // The listener is unloaded when the signal aborts, and would give the whole batch back.
    signal.throwIfAborted();
    await listenerOf(name).run(batch);
  };
  return poll(cycle, { feed: name, everyMs, signal, logger: container.logger });
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

/** Lets the items that are being posted end, and begins no others. */
export async function unloadFeed({ name }: PolledFeed): Promise<void> {
  await container.stores.get('listeners').get(name)?.unload();
}

function listenerOf(name: string): FeedListener<unknown> {
  const listener = container.stores.get('listeners').get(name);
  if (listener instanceof FeedListener) return listener;
  throw new Error(`The listener "${name}" was not loaded.`);
}
