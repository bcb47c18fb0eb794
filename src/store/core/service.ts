import type { Backend } from '../backend.ts';
import { requireService } from '../out-of-service.ts';

/**
 * Makes sure that the database is the one to use: not one that was moved away, nor one that a transfer has begun to fill.
 * A bot would post again, from either of them, what it has posted from another.
 *
 * @throws {SeenStoreOpenError} saying where the other database is, and what to do.
 */
export async function enterService({ location, reads, writes }: Backend): Promise<void> {
  const moves = await reads.moves();
  requireService(location, moves);
  if (moves.arrival?.isUsed === false) await writes.noteUse();
}
