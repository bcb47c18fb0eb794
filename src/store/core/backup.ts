import type { BackupOptions, BackupProgress } from '../contract/backup.ts';
import type { SeenStore } from '../contract/seen-store.ts';
import { readArgument, requireFlag } from './arguments.ts';
import { CallerControl } from './caller-control.ts';
import type { StoreContext } from './context.ts';

/** Copies the database while everything goes on. */
export function backups(context: StoreContext): Pick<SeenStore, 'backup'> {
  return {
    async backup(path, options = {}) {
      const control = readArgument('options', () => readOptions(context, options));
      context.requireOpen('backup');
      control.signal.throwIfAborted();
      const result = await context.backend.backup(path, control);
      context.options.logger.info('seen_store_backed_up', result);
      return result;
    },
  };
}

/** The end of the store ends a backup as well. */
function readOptions({ closing }: StoreContext, options: BackupOptions) {
  const { signal, onProgress } = new CallerControl<BackupProgress>(options, [closing]);
  return { signal, onProgress, overwrite: requireFlag('overwrite', options.overwrite) ?? false };
}
