import type { StoreSizes } from '../contract/seen-store.ts';
import { SeenStoreClosedError } from '../errors.ts';
import type { Database } from './database.ts';

interface SizesRow {
  readonly bytes: number;
  readonly deadRows: number;
  readonly oldestTransactionMs: number | null;
  readonly vacuumedAgoMs: number | null;
}

/** Measures the room that the store's tables take, also after the store was closed: as it was then. */
export function sizesOf(database: Database): () => Promise<StoreSizes> {
  let measured: StoreSizes = { fileBytes: 0 };
  return async () => {
    try {
      measured = await measure(database);
    } catch (error) {
      if (!(error instanceof SeenStoreClosedError)) throw error;
    }
    return measured;
  };
}

async function measure(database: Database): Promise<StoreSizes> {
  const { tables } = database;
  const { bytes, ...health } = await database.run('sizes', (session) =>
    session.oneRow<SizesRow>(
      `SELECT coalesce(sum(pg_total_relation_size(relid)), 0) AS bytes,
         coalesce(sum(n_dead_tup), 0) AS "deadRows",
         ${millisecondsSince('max(greatest(last_vacuum, last_autovacuum)) FILTER (WHERE relid = to_regclass($2))')}
           AS "vacuumedAgoMs",
         (${oldestTransaction}) AS "oldestTransactionMs"
       FROM pg_stat_user_tables WHERE relid IN (SELECT to_regclass(name) FROM unnest($1::text[]) AS name)`,
      [Object.values(tables), tables.item],
    ),
  );
  return { fileBytes: bytes, health };
}

/** By the server's own clock, which the server notes these times with. */
function millisecondsSince(moment: string): string {
  return `floor(extract(epoch FROM clock_timestamp() - ${moment}) * 1000)::bigint`;
}

/**
 * A transaction that has neither a number nor a snapshot holds nothing back. One that is prepared belongs to no
 * connection any more.
 */
const oldestTransaction = `SELECT ${millisecondsSince('min(began)')} FROM (
    SELECT xact_start FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
      AND (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL)
    UNION ALL
    SELECT prepared FROM pg_prepared_xacts WHERE database = current_database()
  ) AS open (began)`;
