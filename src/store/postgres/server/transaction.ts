import { createHash } from 'node:crypto';

import type { Session } from '../session.ts';
import { breaksConnection, kindOfFailure, UncommittedError } from './failures.ts';
import { BEGIN } from './limits.ts';

/**
 * Does work in one transaction, while it holds a lock that lasts as long: a lock of the session would stay with whichever
 * connection a pooler has used.
 *
 * @param lock The name of the lock. Work under the same one takes turns, over all processes.
 */
export async function inTransaction<Result>(
  session: Session,
  lock: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const result = await uncommitted(session, async () => {
    await session.run(`${BEGIN}; SELECT pg_advisory_xact_lock(${lockKey(lock)})`);
    return work();
  });
  await session.commit();
  return result;
}

/** Whatever breaks off before the commit is sent was not done. */
async function uncommitted<Result>(session: Session, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (kindOfFailure(error) === 'unanswered') throw new UncommittedError(error);
    if (!breaksConnection(error)) await session.run('ROLLBACK');
    throw error;
  }
}

/** The key of a lock, which no other program of the database is likely to have chosen. */
function lockKey(lock: string): bigint {
  return createHash('sha256').update(`sapphire-plugin-seen ${lock}`).digest().readBigInt64BE();
}
