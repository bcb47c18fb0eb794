import { setImmediate as nextTurn } from 'node:timers/promises';

import type { ReadConnection } from './connection.ts';
import type { Operation } from '../../operations.ts';

/** Ids per statement: few enough that `npm run bench -- --only prefilter --only sweep` shows no stall. */
const CHUNK = 1_000;

/**
 * Reads for all ids, and lets the event loop run after each thousand.
 *
 * @param query Called with some of the ids as a JSON array. It returns some of these.
 * @returns The ids that the query found, each once.
 */
export async function readInChunks(
  connection: ReadConnection,
  operation: Operation,
  ids: readonly string[],
  query: (chunk: string) => string[],
): Promise<string[]> {
  // The answer is shorter than the question: to drop repeated ids costs less there.
  if (ids.length <= CHUNK) return [...new Set(connection.read(operation, () => query(JSON.stringify(ids))))];
  const distinct = [...new Set(ids)];
  const found: string[] = [];
  for (let start = 0; start < distinct.length; start += CHUNK) {
    // Before the first chunk too: the caller has just spent this turn on listing so many ids.
    await nextTurn();
    const chunk = JSON.stringify(distinct.slice(start, start + CHUNK));
    found.push(...connection.read(operation, () => query(chunk)));
  }
  return found;
}
