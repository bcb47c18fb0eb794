import type { ResolvedSeenStoreOptions } from '../options.ts';
import type { SeenStore } from '../seen-store.ts';

/** Purges what has expired, now and every `purgeEveryMs`, until the signal aborts. It keeps no process alive. */
export async function keepPurged(
  store: SeenStore,
  { logger, clock, purgeEveryMs }: ResolvedSeenStoreOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const { deleted } = await store.purge({ signal });
      if (deleted > 0) logger.info('seen_store_purged', { deleted });
    } catch (error) {
      if (!signal.aborted) logger.error('seen_store_purge_failed', { error });
    }
    await clock.sleep(purgeEveryMs, signal, { ref: false }).catch(rethrowUnlessAborted(signal));
  }
}

function rethrowUnlessAborted(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) throw error;
  };
}
