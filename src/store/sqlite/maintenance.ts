import { sleepUnlessAborted } from '../clock.ts';
import type { SeenStore } from '../seen-store.ts';
import type { Access } from './access.ts';
import { dropOldRecords } from './retention.ts';

/** Forgets what has expired, now and every `purgeEveryMs`, until the signal aborts. It keeps no process alive. */
export async function keepTidy(store: SeenStore, access: Access, signal: AbortSignal): Promise<void> {
  const { logger, clock, purgeEveryMs } = access.options;
  while (!signal.aborted) {
    try {
      const { deleted } = await store.purge({ signal });
      if (deleted > 0) logger.info('seen_store_purged', { deleted });
      await dropOldRecords(access, signal);
    } catch (error) {
      if (!signal.aborted) logger.error('seen_store_purge_failed', { error });
    }
    await sleepUnlessAborted(clock, purgeEveryMs, signal, { ref: false });
  }
}
