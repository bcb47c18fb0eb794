import type { Database } from 'better-sqlite3';

import { scopedId } from '../../scoped-id.ts';

/** Gives SQL the function `scoped_id(feed, key)`. */
export function defineScopedId(db: Database): void {
  db.function('scoped_id', { deterministic: true }, (feed, key) => scopedId(String(feed), String(key)));
}
