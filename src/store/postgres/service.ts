import { toMoves, type MoveRow } from '../move-rows.ts';
import { requireService } from '../out-of-service.ts';
import type { Database } from './database.ts';
import type { Session } from './session.ts';

/**
 * The condition under which a store that is open must no longer use the database: it was moved away meanwhile, or is
 * being filled from another one. A transfer locks the table of the marks before it sets one, and so waits for the
 * statements that have found none.
 */
export function isOutOfService({ tables }: Pick<Database, 'tables'>): string {
  return `EXISTS (SELECT FROM ${tables.move}
    WHERE direction = 'departure' OR used = 0 AND (ended_at IS NULL OR running = 1))`;
}

/** @throws {SeenStoreOpenError} where the database is out of service, saying where the other one is. */
export async function requireDatabaseInService(
  session: Session,
  { tables, location }: Pick<Database, 'tables' | 'location'>,
): Promise<void> {
  requireService(location, toMoves(await session.rows<MoveRow>(`SELECT * FROM ${tables.move}`)));
}
