export { systemClock, type Clock } from './clock.ts';
export type { Cycle, CycleCounts } from './cycle.ts';
export {
  SeenConfigError,
  SeenError,
  SeenInputError,
  SeenStoreBusyError,
  SeenStoreClosedError,
  SeenStoreError,
  SeenStoreOpenError,
} from './errors.ts';
export { silentLogger, type SeenLogger } from './logger.ts';
export { openSeenStore } from './open.ts';
export { defaultSeenStoreOptions, type SeenStoreOptions } from './options.ts';
export type { PurgeOptions, PurgeResult, SeenStats, SeenStore } from './seen-store.ts';
