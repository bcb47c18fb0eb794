import type { Database } from './database.ts';
import type { Session } from './session.ts';

/**
 * The present time by the database's clock, in Unix milliseconds, for a write whose statements share one moment. It asks
 * once it has its lock: who had to wait must not come before those that it waited for.
 */
export async function presentOf(session: Session, { now }: Pick<Database, 'now'>): Promise<number> {
  const present = await session.oneRow<{ now: number }>(`SELECT ${now} AS now`);
  return present.now;
}
