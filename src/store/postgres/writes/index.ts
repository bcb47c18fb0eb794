import type { Writes } from '../../port/writes.ts';
import type { Database } from '../database.ts';
import { changeWrites } from './change.ts';
import { coverageWrites } from './coverage.ts';
import { cycleWrites } from './cycles.ts';
import { grantWrites } from './grant.ts';
import { holdWrites } from './holds.ts';
import { incidentWrites } from './incidents.ts';
import { retentionWrites } from './retention.ts';
import { retryWrites } from './retry.ts';
import { scopeWrites } from './scopes.ts';
import { leaderWrites } from './leadership.ts';
import { lossWrites } from './losses.ts';
import { moveWrites } from './moves.ts';
import { seenWrites } from './seen.ts';
import { spendingWrites } from './spending.ts';

/** The port's writes, on the connections of the store's pool. */
export function postgresWrites(database: Database): Writes {
  return {
    ...seenWrites(database),
    ...grantWrites(database),
    ...changeWrites(database),
    ...retryWrites(database),
    ...retentionWrites(database),
    ...cycleWrites(database),
    ...coverageWrites(database),
    ...holdWrites(database),
    ...incidentWrites(database),
    ...leaderWrites(database),
    ...lossWrites(database),
    ...moveWrites(database),
    ...spendingWrites(database),
    ...scopeWrites(database),
  };
}
