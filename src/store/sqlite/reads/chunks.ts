import type { Operation } from '../../operations.ts';
import { nextTurn, partsOf } from '../../turns.ts';
import type { ReadConnection } from './connection.ts';

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
  const found = new Set<string>();
  const parts = partsOf(ids);
  for (const part of parts) {
    // Before the first part too: the caller has just spent this turn on listing so many ids.
    if (parts.length > 1) await nextTurn();
    for (const id of connection.read(operation, () => query(JSON.stringify(part)))) found.add(id);
  }
  return [...found];
}
