import { setTimeout as delay } from 'node:timers/promises';

import type { SeenStore } from '../../src/store/index.ts';
import type { DiscordFaults } from './faults.ts';
import type { FeedGenerator } from './generator.ts';
import type { SourceServer } from './source.ts';

/**
 * Real time within which the survivors must have delivered everything after the last kill: longer than an hour of the
 * fast clock, by which an item may have been put off on a clock that was wrong.
 */
const DRAIN_TIMEOUT_MS = 100_000;

interface Drained {
  readonly store: SeenStore;
  readonly feed: FeedGenerator;
  readonly faults: DiscordFaults;
  readonly source: SourceServer;
}

/**
 * Ends all faults, and waits until everything is delivered. Replays dead letters, as an operator would.
 *
 * @returns The number of dead letters replayed.
 */
export async function drain({ store, feed, faults, source }: Drained, isForgetful: boolean): Promise<number> {
  faults.heal();
  source.heal();
  feed.finish();
  const deadline = performance.now() + DRAIN_TIMEOUT_MS;
  let replayed = 0;
  while (performance.now() < deadline) {
    const { failed } = await store.ledger.counts();
    if (failed > 0) replayed += await store.ledger.retry();
    if (feed.isComplete && (await isDrained(store, feed, isForgetful))) break;
    await delay(100);
  }
  return replayed;
}

/** @param isForgetful True where an item that was posted need not be known as seen any more. */
async function isDrained(store: SeenStore, feed: FeedGenerator, isForgetful: boolean): Promise<boolean> {
  const { waiting, active, failed } = await store.ledger.counts();
  const unseen = await store.filterUnseen(isForgetful ? feed.unfinished : feed.all.map(({ id }) => id));
  return waiting + active + failed + unseen.length === 0;
}
