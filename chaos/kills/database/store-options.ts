import { systemClock, type Clock, type SeenStoreOptions } from '../../../src/store/index.ts';
import { BUSY_MS, SPEED } from '../fast-clock.ts';

/** The options by which a store finds the database. */
export type Place = Pick<SeenStoreOptions, 'path' | 'url' | 'pool'>;

/**
 * The options of a store in a run. Neither the disk nor the network of a busy machine runs on the fast clock: the locks
 * of a file are waited for in longer times, and a server, about which a store has many limits, in real time.
 */
export function storeOptions(place: Place, clock: Clock): SeenStoreOptions {
  if (place.path !== undefined) return { ...place, clock, busyTimeoutMs: BUSY_MS * SPEED };
  return { ...place, clock: { ...systemClock, now: clock.now }, busyTimeoutMs: BUSY_MS };
}
