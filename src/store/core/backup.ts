import type { BackupOptions, BackupProgress } from '../contract/backup.ts';
import type { SeenStore } from '../contract/seen-store.ts';
import type { StoreContext } from './context.ts';

/** Copies the database while everything goes on. */
export function backups(context: StoreContext): Pick<SeenStore, 'backup'> {
  return {
    async backup(path, options = {}) {
      context.requireOpen('backup');
      const control = controlOf(context, options);
      control.signal?.throwIfAborted();
      const result = await context.backend.backup(path, control);
      context.options.logger.info('seen_store_backed_up', result);
      return result;
    },
  };
}

/** The caller's control, which the end of the store and an error of the caller's callback end as well. */
function controlOf({ closing }: StoreContext, { signal, onProgress, overwrite }: BackupOptions): BackupOptions {
  const failed = new AbortController();
  const report = (progress: BackupProgress): void => {
    try {
      onProgress?.(progress);
    } catch (error) {
      failed.abort(error);
    }
  };
  const signals = [closing, failed.signal, ...(signal === undefined ? [] : [signal])];
  return { signal: AbortSignal.any(signals), onProgress: report, overwrite: overwrite === true };
}
