import { sleepUnlessAborted } from '../clock.ts';
import type { ResolvedSeenStoreOptions } from '../options.ts';
import type { SqliteSeenStore } from './store.ts';
import type { Writer } from './writer/client.ts';

/**
 * Forgets what has expired, now and every `purgeEveryMs`, until the signal aborts. It keeps no process
 * alive, and starts no writer thread for nothing.
 */
export async function keepTidy(
  store: SqliteSeenStore,
  writer: Writer,
  { logger, clock, purgeEveryMs }: ResolvedSeenStoreOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      if (await store.hasExpired()) {
        const { deleted } = await store.purge({ signal });
        logger.info('seen_store_purged', { deleted });
      }
      if (await store.ledger.hasOldRecords()) await writer.call('dropOldRecords', [], { signal });
    } catch (error) {
      if (!signal.aborted) logger.error('seen_store_purge_failed', { error });
    }
    await sleepUnlessAborted(clock, purgeEveryMs, signal, { ref: false });
  }
}
