import type { Reads } from '../../port/reads.ts';
import type { Database } from '../database.ts';
import { coverageReads } from './coverage.ts';
import { cycleReads } from './cycles.ts';
import { holdReads } from './holds.ts';
import { incidentReads } from './incidents.ts';
import { ledgerReads } from './ledger.ts';
import { scopeReads } from './scopes.ts';
import { leaderReads } from './leadership.ts';
import { lossReads } from './losses.ts';
import { moveReads } from './moves.ts';
import { seenReads } from './seen.ts';
import { spendingReads } from './spending.ts';

/** The port's reads, on the connections of the store's pool. */
export function postgresReads(database: Database): Reads {
  return {
    ...seenReads(database),
    ...ledgerReads(database),
    ...cycleReads(database),
    ...coverageReads(database),
    ...holdReads(database),
    ...incidentReads(database),
    ...lossReads(database),
    ...leaderReads(database),
    ...moveReads(database),
    ...spendingReads(database),
    ...scopeReads(database),
  };
}
