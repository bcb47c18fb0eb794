import type { ResolvedContext } from '../context.ts';
import type { CycleTally } from '../deliver/tally.ts';
import type { Decision, EndHold, Mark, Wait } from './decision.ts';
import { holdBack } from './hold-back.ts';

/** As many as the store gives at once by default. */
const MAX_RETRIES_PER_CYCLE = 100;

/** The part of a batch that a cycle delivers. */
export interface Admitted<Item> {
  readonly deliver: readonly Item[];
  /** Items of the ledger that are taken up again, at most: none while a batch is held. */
  readonly retries: number;
  /** False for a batch that is no basis for a first run: the cycle must leave no trace. */
  readonly isRecorded: boolean;
}

/** @throws {FeedUnauthorizedError} when Discord refuses the token of the question about a held batch. */
export async function carryOut<Item>(
  context: ResolvedContext<Item>,
  decision: Decision<Item>,
  tally: CycleTally,
): Promise<Admitted<Item>> {
  switch (decision.kind) {
    case 'deliver':
      return { deliver: decision.items, retries: MAX_RETRIES_PER_CYCLE, isRecorded: true };
    case 'wait':
      return wait(context, decision);
    case 'mark':
      return mark(context, decision, tally);
    case 'open-hold':
    case 'keep-hold':
      await holdBack(context, decision);
      tally.add('held', decision.items.length);
      return { deliver: [], retries: 0, isRecorded: true };
    case 'end-hold':
      return endHold(context, decision, tally);
  }
}

function wait<Item>({ feed, logger }: ResolvedContext<Item>, { listed, complete }: Wait): Admitted<Item> {
  logger.warn('feed_first_run_waits', { feed: feed.name, listed, complete });
  return { deliver: [], retries: MAX_RETRIES_PER_CYCLE, isRecorded: false };
}

async function mark<Item>(
  { store, feed, logger }: ResolvedContext<Item>,
  { old, newest }: Mark<Item>,
  tally: CycleTally,
): Promise<Admitted<Item>> {
  await store.markSeen(old.map((item) => feed.key(item)));
  tally.add('marked', old.length);
  logger.info('feed_first_run', { feed: feed.name, marked: old.length, to_post: newest.length });
  return { deliver: newest, retries: MAX_RETRIES_PER_CYCLE, isRecorded: true };
}

/** All that was held lies in the ledger: what the feed has dropped meanwhile is taken up from there. */
async function endHold<Item>(
  context: ResolvedContext<Item>,
  { hold, items, rest }: EndHold<Item>,
  tally: CycleTally,
): Promise<Admitted<Item>> {
  const { store } = context;
  if (hold.decision === 'mark') {
    await store.markSeen(hold.ids);
    tally.add('marked', hold.ids.length);
  }
  await store.holds.finish(hold.id);
  const admitted = await carryOut(context, rest, tally);
  if (hold.decision === 'mark') return admitted;
  const deliver = [...items, ...admitted.deliver];
  return { deliver, retries: MAX_RETRIES_PER_CYCLE + hold.ids.length, isRecorded: admitted.isRecorded };
}
