import type { Session } from '../session.ts';
import { ReadOnlyServerError, UnconfirmedCommitsError } from './failures.ts';

/** Time after which a commit that waits for a standby is not merely slow, in milliseconds. */
const UNCONFIRMED_MS = 1_000;

/**
 * Makes sure that a connection leads to the primary: a standby would answer late, and refuse what is written.
 *
 * @returns The process of the server at the other end.
 */
export async function requirePrimary(session: Session): Promise<number | undefined> {
  const row = await session.row<{ readonly: boolean; pid: number }>(
    `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS readonly, pg_backend_pid() AS pid`,
  );
  if (row?.readonly === true) throw new ReadOnlyServerError();
  return row?.pid;
}

/**
 * Makes sure that no commit of the bot's user waits for a standby. No limit of the server ends such a wait, and whoever
 * gives it up leaves a process of the server behind. To cancel it would confirm what only the primary has.
 */
export async function requireConfirmation(session: Session): Promise<void> {
  const waiting = await session.row(
    `SELECT 1 FROM pg_stat_activity
     WHERE wait_event = 'SyncRep' AND usename = current_user AND datname = current_database()
       AND query_start < clock_timestamp() - interval '${UNCONFIRMED_MS} ms' LIMIT 1`,
  );
  if (waiting !== undefined) throw new UnconfirmedCommitsError();
}
