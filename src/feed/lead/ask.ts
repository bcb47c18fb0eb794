import { withTimeLimit, type Clock } from '../../store/clock.ts';
import { SeenStoreError } from '../../store/errors.ts';
import { OUTAGE_MS } from './times.ts';

/**
 * Asks the store. A call that hangs counts as one that failed: whatever it may still bring about is renewed, or runs
 * out.
 *
 * @throws {SeenStoreError} after five seconds without an answer.
 */
export function ask<Answer>(clock: Clock, operation: string, call: () => Promise<Answer>): Promise<Answer> {
  const message = `The store did not answer within ${OUTAGE_MS / 1000} s.`;
  const expired = (): Error => new SeenStoreError(operation, message);
  return withTimeLimit({ clock, limitMs: OUTAGE_MS, expired }, call);
}
