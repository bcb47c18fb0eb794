import type { Database, Statement } from 'better-sqlite3';

import type { HoldRow } from '../rows.ts';

/** Finds a feed's hold that is not finished. */
export function prepareCurrentHold(db: Database): Statement<[feed: string], HoldRow> {
  return db.prepare('SELECT * FROM seen_hold WHERE feed = ? AND finished = 0');
}
