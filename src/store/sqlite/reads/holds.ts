import type { HoldReads } from '../../backend.ts';
import { prepareCurrentHold } from '../current-hold.ts';
import type { ReadConnection } from './connection.ts';

/** The read of the flood breaker's batches. */
export function holdReads(connection: ReadConnection): HoldReads {
  const statement = connection.statements(prepareCurrentHold);
  return {
    async currentHold(feed) {
      return connection.read('holds.current', () => statement().get(feed));
    },
  };
}
