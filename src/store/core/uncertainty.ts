import type { Uncertainty } from '../contract/claims.ts';
import { DAY_MS } from '../clock.ts';
import type { LossRow } from '../rows.ts';

/** Time for which items that are claimed for the first time may be ones that were lost, in milliseconds, at least. */
const SHORTEST_MS = 3_600_000;
/** The same for a feed that has not been read since: at most. */
const LONGEST_MS = 7 * DAY_MS;

/**
 * The stretch in which writes about an item may be lost; null where none can be. As nobody knows what was lost, every item
 * may be concerned that was claimed before the loss was noticed, or that the feed had listed before. The latter are claimed
 * anew when the feed is read again.
 */
export function uncertaintyOf(createdAt: number, losses: readonly LossRow[]): Uncertainty | null {
  const concerned = losses.filter((loss) => createdAt <= endOf(loss));
  if (concerned.length === 0) return null;
  return {
    since: new Date(Math.min(...concerned.map(({ since }) => since))),
    until: new Date(Math.max(...concerned.map((loss) => loss.noticed_at))),
  };
}

/** The time from which on an item that is claimed for the first time was certainly not claimed before the loss. */
function endOf({ noticed_at: noticedAt, listed_at: listedAt }: LossRow): number {
  return Math.min(Math.max(noticedAt + SHORTEST_MS, listedAt ?? Infinity), noticedAt + LONGEST_MS);
}
