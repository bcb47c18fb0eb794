import type { SeenLogger } from '../../logger.ts';
import type { Session } from '../session.ts';

/** Times after which something is given up, in milliseconds. `pg` and PostgreSQL wait for ever otherwise. */
export const limits = {
  /** A connection is made, or becomes free. */
  connectMs: 5_000,
  /** A statement, or the statements of a transaction, are answered. */
  attemptMs: 15_000,
  /** The schema is brought up to date. */
  upgradeMs: 600_000,
  /** Operations end that are under way when the store closes, and then the connections. */
  closeMs: 1_500,
} as const;

/** Limits that the server keeps, so that it does not go on with what nobody waits for. */
export const sessionLimits = {
  statement_timeout: 12_000,
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 10_000,
} as const;

/** The level of isolation that the store's statements are written for: at a higher one, owners that meet try again. */
const ISOLATION = 'read committed';

/** The server's options for a connection of our own. */
export const SESSION_OPTIONS = '-c default_transaction_isolation=read\\ committed';

/** Begins a transaction under these limits, whatever those of the connection are: a pooler does not keep them. */
export const BEGIN = [
  'BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE',
  ...Object.entries(sessionLimits).map(([name, ms]) => `SET LOCAL ${name} = ${ms}`),
].join('; ');

/**
 * Tells the log once which limits the connections lack, or that they have another level of isolation: those of a pool
 * that the bot lends, or behind a pooler. Without a limit a statement is given up by the client alone, while the server
 * may go on with it.
 */
export async function tellMissingLimits(session: Session, location: string, logger: SeenLogger): Promise<void> {
  const rows = await session.rows<{ name: string }>(
    `SELECT name FROM pg_settings WHERE name = ANY($1::text[]) AND setting = '0'
       OR name = 'default_transaction_isolation' AND setting <> $2 ORDER BY name`,
    [Object.keys(sessionLimits), ISOLATION],
  );
  if (rows.length === 0) return;
  const missing = rows.map(({ name }) => name);
  const remedies = { ...sessionLimits, default_transaction_isolation: `'${ISOLATION}'` };
  const remedy = missing.map((name) => `ALTER ROLE the_bot SET ${name} = ${Reflect.get(remedies, name)};`).join(' ');
  logger.info('seen_store_limits_missing', { location, limits: missing, remedy });
}
