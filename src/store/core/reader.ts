import type { ReadableBackend } from '../backend.ts';
import type { Incidents } from '../contract/incidents.ts';
import type { Leadership } from '../contract/leadership.ts';
import type { SeenStats } from '../contract/seen-store.ts';
import type { ItemLookup } from '../find-items.ts';
import type { StoreOptions } from '../options.ts';
import type { ReadContext } from './context.ts';
import { incidentOf } from './incidents.ts';
import { toLedgerEntry } from './items.ts';
import { presentLeaders } from './leadership.ts';
import { listScopes } from './scopes.ts';
import { serviceProblem } from '../out-of-service.ts';
import { collectStats } from './stats.ts';

/** Answers questions about a database, and changes nothing in it. */
export interface SeenReader extends ItemLookup {
  stats(): Promise<SeenStats>;
  /** Why no bot may use the database; undefined for one that it may. */
  serviceProblem(): Promise<string | undefined>;
  readonly incidents: Pick<Incidents, 'current'>;
  readonly leadership: Pick<Leadership, 'all'>;
  close(): Promise<void>;
}

export function createSeenReader(backend: ReadableBackend, options: StoreOptions): SeenReader {
  const { reads } = backend;
  const context: ReadContext = { backend, options, now: () => options.clock.now() };
  return {
    stats: () => collectStats(context),
    serviceProblem: async () => serviceProblem(await reads.moves()),
    filterUnseen: (ids) => reads.unseen(ids),
    ledger: {
      async find(id) {
        const found = await reads.findItem(id);
        return found === undefined ? null : toLedgerEntry('find', found);
      },
    },
    scopes: { list: () => listScopes(reads) },
    incidents: { current: async () => (await reads.currentIncidents()).map((row) => incidentOf(row, context.now())) },
    leadership: { all: () => presentLeaders(reads) },
    close: () => backend.close(),
  };
}
