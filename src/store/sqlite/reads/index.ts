import type { Reads } from '../../port/reads.ts';
import type { ReadConnection } from './connection.ts';
import { coverageReads } from './coverage.ts';
import { cycleReads } from './cycles.ts';
import { holdReads } from './holds.ts';
import { incidentReads } from './incidents.ts';
import { leaderReads } from './leadership.ts';
import { ledgerReads } from './ledger.ts';
import { lossReads } from './losses.ts';
import { moveReads } from './moves.ts';
import { scopeReads } from './scopes.ts';
import { seenReads } from './seen.ts';
import { spendingReads } from './spending.ts';

/** The port's reads, on the connection of the calling thread. */
export function sqliteReads(connection: ReadConnection): Reads {
  return {
    ...seenReads(connection),
    ...ledgerReads(connection),
    ...cycleReads(connection),
    ...coverageReads(connection),
    ...holdReads(connection),
    ...incidentReads(connection),
    ...spendingReads(connection),
    ...scopeReads(connection),
    ...lossReads(connection),
    ...leaderReads(connection),
    ...moveReads(connection),
  };
}
