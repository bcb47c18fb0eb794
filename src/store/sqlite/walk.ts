import { setImmediate as nextTurn } from 'node:timers/promises';

import { END_OF_KEYS, type Key, type Statements } from './statements.ts';

export interface KeyRange {
  /** First key of the range. */
  readonly from: string;
  /** First key behind the range. */
  readonly to: Key;
}

/**
 * Walks over all keys in ranges of at most `rows` rows, in key order, letting the event loop run between two, until the signal
 * aborts.
 *
 * One statement over the whole table would block everything for seconds at ten million rows, and an index on ts would
 * double the file.
 */
export async function* walkKeys(statements: Statements, rows: number, signal: AbortSignal): AsyncGenerator<KeyRange> {
  let from: string | undefined = '';
  while (from !== undefined && !signal.aborted) {
    const next = statements.keyAfter.get(from, rows);
    yield { from, to: next ?? END_OF_KEYS };
    from = next;
    await nextTurn();
  }
}
