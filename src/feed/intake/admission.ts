import type { CycleTally } from '../deliver/tally.ts';
import type { FeedBatch } from '../feed.ts';
import { carryOut, type Admitted } from './carry-out.ts';
import { decideFirstRun } from './first-run.ts';
import { decideFlood } from './flood-breaker.ts';
import type { IntakeContext } from './item-ids.ts';
import type { Prefiltered } from './prefilter.ts';

/**
 * Keeps a channel from being flooded, by a first run or by a feed that suddenly looks new: one of two policies decides
 * about the unseen items, and its decision is carried out.
 *
 * @throws {FeedUnauthorizedError} when Discord refuses the token of the question about a held batch.
 */
export async function admit<Item>(
  context: IntakeContext<Item>,
  { complete }: Pick<FeedBatch<Item>, 'complete'>,
  prefiltered: Prefiltered<Item>,
  tally: CycleTally,
): Promise<Admitted<Item>> {
  const { store, feed, options } = context;
  const { unseen, seen } = prefiltered;
  const isFirst = seen.length === 0 && (await store.cycles.isFirst(feed.name));
  const decision = isFirst
    ? decideFirstRun(unseen, complete, options.firstRun)
    : await decideFlood(context, prefiltered);
  return carryOut(context, decision, tally);
}
