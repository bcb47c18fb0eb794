import type { Database } from '../database.ts';
import { MOMENT, setOwned, type OwnedChanges } from './owned-change.ts';

/** Two clocks of machines that keep their time move against each other by less, in milliseconds. */
const DRIFT_MS = 2_000;

/** The ends of a claim, and its renewal. `commit` is where a delivered item is marked as seen. */
export function settlingChanges({
  tables,
  options: { clock },
}: Database): OwnedChanges<'renew' | 'commit' | 'release' | 'fail'> {
  const renew = setOwned(tables, `leased_at = ${MOMENT}, lease_until = ${MOMENT} + $4::bigint`);
  const markSeen = `INSERT INTO ${tables.seen} (id, ts) SELECT id, $4::bigint FROM owned ORDER BY id
    ON CONFLICT (id) DO UPDATE SET ts = excluded.ts`;
  const commit = setOwned(
    tables,
    `state = 'posted', owner = NULL, lease_until = NULL, last_error = NULL,
    payload = NULL, enrichment = NULL, updated_at = ${MOMENT}`,
  );
  const release = setOwned(
    tables,
    `owner = NULL, lease_until = NULL, begun = false, updated_at = ${MOMENT},
    last_error = coalesce($4, $5, last_error), attempts = attempts - ($4::text IS NULL)::int,
    retry_at = ${byDatabaseClock('$6::bigint', '$7::bigint')}`,
  );
  const fail = setOwned(
    tables,
    `state = 'failed', owner = NULL, lease_until = NULL, retry_at = NULL,
    last_error = $4, updated_at = ${MOMENT}`,
  );

  return {
    renew: ({ leaseMs }) => ({ statements: [renew], values: [leaseMs] }),

    commit: () => ({ statements: [markSeen, commit], values: [Math.floor(clock.now() / 1000)] }),

    release: ({ error, reason, retryAt }) => ({
      statements: [release],
      values: [error, reason, retryAt, Math.floor(clock.now())],
    }),

    fail: ({ error }) => ({ statements: [fail], values: [error] }),
  };
}

/**
 * A moment of the caller's clock by the database's clock. The difference between the two is rounded: it includes the
 * time that a statement takes to arrive, and items that were released until the same moment have to become due
 * together.
 */
function byDatabaseClock(moment: string, callersNow: string): string {
  return `${moment} + (round((${MOMENT} - ${callersNow}) / ${DRIFT_MS}.0) * ${DRIFT_MS})::bigint`;
}
