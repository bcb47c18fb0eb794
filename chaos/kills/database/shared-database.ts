import type { SeenStore } from '../../../src/store/index.ts';
import type { Place } from './store-options.ts';

/** The database that the clients of a run share. */
export interface SharedDatabase {
  /** The place at which the stores of the clients find it. */
  readonly place: Pick<Place, 'path' | 'url'>;
  /** The run's own store on it, which no nemesis keeps away for long. */
  readonly store: SeenStore;
}
