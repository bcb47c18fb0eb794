import type { Database } from 'better-sqlite3';

import type { ClaimWrites } from '../../port/writes.ts';
import type { WriteContext } from './context.ts';

/** Revives dead letters. */
export function retryWrites({ db, now, transact }: WriteContext): Pick<ClaimWrites, 'retry'> {
  const { reopenPosts, retry } = prepare(db);
  return {
    retry: (ids) =>
      transact(() => {
        const wanted = ids === null ? null : JSON.stringify(ids);
        reopenPosts.run({ wanted });
        return retry.run({ wanted, now: now() }).changes;
      }),
  };
}

const isWantedAndFailed = `state = 'failed' AND (@wanted IS NULL OR id IN (SELECT value FROM json_each(@wanted)))`;

function prepare(db: Database) {
  return {
    /** Their first request may have been applied: the next attempt looks before it posts. */
    reopenPosts: db.prepare<[{ wanted: string | null }]>(
      `UPDATE seen_post SET state = 'open', error = NULL, may_repeat = 1 WHERE state <> 'posted'
         AND item_id IN (SELECT id FROM seen_item WHERE ${isWantedAndFailed})`,
    ),
    retry: db.prepare<[{ wanted: string | null; now: number }]>(
      `UPDATE seen_item SET attempts = 0, retry_at = NULL, updated_at = @now,
         state = iif(enrichment IS NULL, 'claimed', 'enriched') WHERE ${isWantedAndFailed}`,
    ),
  };
}
