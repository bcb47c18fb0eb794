import type { Database } from 'better-sqlite3';

import { prepareMark } from '../mark.ts';
import type { ChangeMakers } from './context.ts';

/** The ends of a claim, and its renewal. `commit` is where a delivered item is marked as seen. */
export function prepareSettling(db: Database): ChangeMakers<'renew' | 'commit' | 'release' | 'fail'> {
  const markSeen = prepareMark(db);
  const { renew, commit, release, fail } = prepare(db);
  return {
    renew: ({ leaseMs }, ids, now) => void renew.run({ ids, now, leaseUntil: now + leaseMs }),

    commit: (_change, ids, now) => {
      markSeen.run(Math.floor(now / 1000), ids);
      commit.run({ ids, now });
    },

    release: ({ error, reason, retryAt }, ids, now) => void release.run({ ids, error, reason, retryAt, now }),

    fail: ({ error }, ids, now) => void fail.run({ ids, error, now }),
  };
}

const isNamed = 'id IN (SELECT atom FROM json_each(@ids))';

function prepare(db: Database) {
  return {
    renew: db.prepare<[{ ids: string; now: number; leaseUntil: number }]>(
      `UPDATE seen_item SET leased_at = @now, lease_until = @leaseUntil WHERE ${isNamed}`,
    ),
    commit: db.prepare<[{ ids: string; now: number }]>(
      `UPDATE seen_item SET state = 'posted', owner = NULL, lease_until = NULL, last_error = NULL,
         payload = NULL, enrichment = NULL, updated_at = @now WHERE ${isNamed}`,
    ),
    release: db.prepare<
      [{ ids: string; error: string | null; reason: string | null; retryAt: number | null; now: number }]
    >(
      `UPDATE seen_item SET owner = NULL, lease_until = NULL, begun = 0, retry_at = @retryAt, updated_at = @now,
         last_error = coalesce(@error, @reason, last_error), attempts = attempts - (@error IS NULL) WHERE ${isNamed}`,
    ),
    fail: db.prepare<[{ ids: string; error: string; now: number }]>(
      `UPDATE seen_item SET state = 'failed', owner = NULL, lease_until = NULL, retry_at = NULL,
         last_error = @error, updated_at = @now WHERE ${isNamed}`,
    ),
  };
}
