import type { CycleTally } from '../deliver/tally.ts';
import { closeQuestions } from '../discord/hold-question/close.ts';
import type { Decision, EndHold, KeepHold, Mark, OpenHold, Wait } from './decision.ts';
import { holdBack } from './hold-back.ts';
import type { IntakeContext } from './item-ids.ts';

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

/**
 * Acts on the decision of a policy: marks, holds and asks, and admits the rest.
 *
 * @throws {FeedUnauthorizedError} when Discord refuses the token of the question about a held batch.
 */
export async function carryOut<Item>(
  context: IntakeContext<Item>,
  decision: Decision<Item>,
  tally: CycleTally,
): Promise<Admitted<Item>> {
  if (decision.kind === 'deliver') return admitted(decision.items);
  if (decision.kind === 'wait') return wait(context, decision);
  if (decision.kind === 'mark') return mark(context, decision, tally);
  if (decision.kind === 'end-hold') return endHold(context, decision, tally);
  return hold(context, decision, tally);
}

function wait<Item>({ feed, logger }: IntakeContext<Item>, { listed, complete }: Wait): Admitted<Item> {
  logger.warn('feed_first_run_waits', { feed: feed.name, listed, complete });
  return { ...admitted<Item>([]), isRecorded: false };
}

async function mark<Item>(
  { store, feed, ids, logger }: IntakeContext<Item>,
  { old, newest }: Mark<Item>,
  tally: CycleTally,
): Promise<Admitted<Item>> {
  await store.markSeen(old.map((item) => ids.of(item)));
  tally.add('marked', old.length);
  logger.info('feed_first_run', { feed: feed.name, marked: old.length, to_post: newest.length });
  return admitted(newest);
}

async function hold<Item>(
  context: IntakeContext<Item>,
  decision: OpenHold<Item> | KeepHold<Item>,
  tally: CycleTally,
): Promise<Admitted<Item>> {
  await holdBack(context, decision);
  tally.add('held', decision.items.length);
  return { ...admitted<Item>([]), retries: 0 };
}

/** All that was held lies in the ledger: what the feed has dropped meanwhile is taken up from there. */
async function endHold<Item>(
  context: IntakeContext<Item>,
  { hold: ended, items, rest }: EndHold<Item>,
  tally: CycleTally,
): Promise<Admitted<Item>> {
  const { store } = context;
  const { id, ids, decision } = ended;
  if (decision === 'mark') {
    await store.markSeen(ids);
    tally.add('marked', ids.length);
  }
  await closeQuestions(context, ended);
  await store.holds.finish(id);
  const later = await carryOut(context, rest, tally);
  if (decision === 'mark') return later;
  return { ...admitted([...items, ...later.deliver]), retries: MAX_RETRIES_PER_CYCLE + ids.length };
}

function admitted<Item>(deliver: readonly Item[]): Admitted<Item> {
  return { deliver, retries: MAX_RETRIES_PER_CYCLE, isRecorded: true };
}
