import type { HoldReads } from '../../port/reads.ts';
import { prepareOpenHolds } from '../open-holds.ts';
import type { ReadConnection } from './connection.ts';

/** The reads of the flood breaker's batches. */
export function holdReads(connection: ReadConnection): HoldReads {
  const open = connection.statements(prepareOpenHolds);
  return {
    async currentHold(feed) {
      return connection.read('holds.current', () => open().ofFeed(feed));
    },

    async openHolds() {
      return connection.read('holds.list', () => open().all());
    },
  };
}
