import { Pool } from 'pg';

import { openSeenStore, type Clock } from '../../../src/store/index.ts';
import { SPEED } from '../fast-clock.ts';
import type { Cluster } from './cluster.ts';
import type { SharedDatabase } from './shared-database.ts';
import { storeOptions } from './store-options.ts';

/** Makes the store's tables on a server, whose clock goes as fast as that of the clients from then on. */
export async function openOnServer(
  stack: AsyncDisposableStack,
  { primary, way, ownWay }: Cluster,
  clock: Clock,
  startedAt: number,
): Promise<SharedDatabase> {
  // A pool of its own has no time limits, so that the run goes on when its machine is too busy for a client.
  const pool = stack.adopt(new Pool({ connectionString: ownWay.url(), max: 4 }), (own) => own.end());
  const store = await openSeenStore(storeOptions({ pool }, clock));
  stack.defer(() => store.close());
  await primary.ask(
    `CREATE OR REPLACE FUNCTION seen.seen_now() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$ BEGIN
       RETURN floor(${startedAt} + (extract(epoch FROM clock_timestamp()) * 1000 - ${startedAt}) * ${SPEED})::bigint; END $$`,
  );
  return { place: { url: way.url() }, store };
}
