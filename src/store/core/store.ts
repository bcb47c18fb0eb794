import type { Backend } from '../backend.ts';
import type { SeenStore } from '../contract/seen-store.ts';
import type { StoreOptions } from '../options.ts';
import { backups } from './backup.ts';
import { claims } from './claims.ts';
import { StoreContext } from './context.ts';
import { coverages } from './coverage.ts';
import { cycles } from './cycles.ts';
import { holds } from './holds.ts';
import { incidents } from './incidents.ts';
import { leadership } from './leadership.ts';
import { ledger } from './ledger.ts';
import { runMaintenance } from './maintenance.ts';
import { purges } from './purge.ts';
import { scopes } from './scopes.ts';
import { seenIds } from './seen-ids.ts';
import { spending } from './spending.ts';
import { stats } from './stats.ts';

/** The store on any backend: its policy, its checks and its maintenance. */
export function createSeenStore(backend: Backend, options: StoreOptions): SeenStore {
  const context = new StoreContext(backend, options);
  const maintenance = runMaintenance(context);
  let closed: Promise<void> | undefined;
  return {
    ...seenIds(context),
    ...claims(context),
    ...purges(context),
    ...stats(context),
    ...backups(context),
    ledger: ledger(context),
    cycles: cycles(context),
    coverage: coverages(context),
    holds: holds(context),
    incidents: incidents(context),
    spending: spending(context),
    scopes: scopes(context),
    leadership: leadership(context),
    close: () => (closed ??= close(context, maintenance)),
  };
}

async function close(context: StoreContext, maintenance: Promise<void>): Promise<void> {
  context.stopAccepting();
  await context.backend.close();
  await maintenance;
}
