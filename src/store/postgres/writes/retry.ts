import type { ClaimWrites } from '../../port/writes.ts';
import type { Database } from '../database.ts';
import { isOneOf } from '../id-list.ts';

/** Revives dead letters. */
export function retryWrites(database: Database): Pick<ClaimWrites, 'retry'> {
  const all = retryStatement(database, 'true');
  const named = retryStatement(database, `id ${isOneOf('$1')}`);
  return {
    retry: (ids) =>
      database.transact('retry', 'retry', (session) => (ids === null ? session.run(all) : session.run(named, [ids]))),
  };
}

/** Open posts may have been applied although their request failed: the next attempt looks before it posts. */
function retryStatement({ tables, now }: Database, isWanted: string): string {
  return `WITH failed AS MATERIALIZED (
      SELECT id FROM ${tables.item} WHERE is_failed AND ${isWanted} ORDER BY id FOR UPDATE
    ),
    moment AS MATERIALIZED (SELECT ${now} AS now FROM failed HAVING count(*) > 0),
    reopened AS (
      UPDATE ${tables.post} SET state = 'open', error = NULL, may_repeat = 1
      WHERE item_id ${isOneOf('SELECT id FROM failed')} AND state <> 'posted'
    )
    UPDATE ${tables.item} SET attempts = 0, retry_at = NULL, updated_at = (SELECT now FROM moment),
      state = CASE WHEN enrichment IS NULL THEN 'claimed' ELSE 'enriched' END
    WHERE id ${isOneOf('SELECT id FROM failed')}`;
}
