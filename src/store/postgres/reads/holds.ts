import type { HoldReads } from '../../port/reads.ts';
import type { Database } from '../database.ts';
import { OpenHolds } from '../open-holds.ts';

/** The reads of the flood breaker's batches. */
export function holdReads(database: Database): HoldReads {
  const open = new OpenHolds(database.tables);
  return {
    currentHold: (feed) => database.run('holds.current', (session) => open.ofFeed(session, feed)),
    openHolds: () => database.run('holds.list', (session) => open.all(session)),
  };
}
