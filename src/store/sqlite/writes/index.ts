import { claimWrites } from './claims.ts';
import type { Task, WriteContext } from './context.ts';
import { cycleWrites } from './cycles.ts';
import { Fence } from './fence.ts';
import { holdWrites } from './holds.ts';
import { ledgerWrites } from './ledger.ts';
import { dropOldRecords } from './retention.ts';
import { seenWrites } from './seen.ts';

/** Everything that changes the database, by name. It all runs in the writer thread. */
export function prepareWrites(context: WriteContext) {
  const fence = new Fence(context.db);
  return {
    ...seenWrites(context),
    ...claimWrites(context, fence),
    ...ledgerWrites(context, fence),
    ...cycleWrites(context),
    ...holdWrites(context),
    dropOldRecords: ({ signal }: Task) => dropOldRecords(context, signal),
  };
}

export type Writes = ReturnType<typeof prepareWrites>;
