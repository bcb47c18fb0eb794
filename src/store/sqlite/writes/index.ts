import type { Writes } from '../../port/writes.ts';
import { changeWrites } from './change.ts';
import type { WriteContext } from './context.ts';
import { coverageWrites } from './coverage.ts';
import { cycleWrites } from './cycles.ts';
import { grantWrites } from './grant.ts';
import { holdWrites } from './holds.ts';
import { incidentWrites } from './incidents.ts';
import { retentionWrites } from './retention.ts';
import { retryWrites } from './retry.ts';
import { scopeWrites } from './scopes.ts';
import { seenWrites } from './seen.ts';
import { spendingWrites } from './spending.ts';

/** The port's writes. All of them run in the writer thread. */
export function prepareWrites(context: WriteContext): Writes {
  return {
    ...seenWrites(context),
    ...grantWrites(context),
    ...changeWrites(context),
    ...retryWrites(context),
    ...retentionWrites(context),
    ...cycleWrites(context),
    ...coverageWrites(context),
    ...holdWrites(context),
    ...incidentWrites(context),
    ...spendingWrites(context),
    ...scopeWrites(context),
  };
}
