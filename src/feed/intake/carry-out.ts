import type { CycleTally } from '../deliver/tally.ts';
import { closeQuestions } from '../discord/hold-question/close.ts';
import type { EndHold, FloodDecision, KeepHold, OpenHold } from './decision.ts';
import { holdBack } from './hold-back.ts';
import type { IntakeContext } from './item-ids.ts';

/** As many as the store gives at once by default. */
const MAX_RETRIES_PER_CYCLE = 100;

/** The part of a batch that no hold keeps back. */
export interface Unheld<Item> {
  readonly deliver: readonly Item[];
  /** Items of the ledger that are taken up again, at most: none while a batch is held. */
  readonly retries: number;
}

/**
 * Acts on the decision of the flood breaker: marks, holds and asks, and admits the rest.
 *
 * @throws {FeedUnauthorizedError} when Discord refuses the token of the question about a held batch.
 */
export async function carryOut<Item>(
  context: IntakeContext<Item>,
  decision: FloodDecision<Item>,
  tally: CycleTally,
): Promise<Unheld<Item>> {
  if (decision.kind === 'deliver') return unheld(decision.items);
  if (decision.kind === 'end-hold') return endHold(context, decision, tally);
  return hold(context, decision, tally);
}

async function hold<Item>(
  context: IntakeContext<Item>,
  decision: OpenHold<Item> | KeepHold<Item>,
  tally: CycleTally,
): Promise<Unheld<Item>> {
  await holdBack(context, decision);
  tally.add('held', decision.items.length);
  return { ...unheld<Item>([]), retries: 0 };
}

/** All that was held lies in the ledger: what the feed has dropped meanwhile is taken up from there. */
async function endHold<Item>(
  context: IntakeContext<Item>,
  { hold: ended, items, rest }: EndHold<Item>,
  tally: CycleTally,
): Promise<Unheld<Item>> {
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
  return { ...unheld([...items, ...later.deliver]), retries: MAX_RETRIES_PER_CYCLE + ids.length };
}

function unheld<Item>(deliver: readonly Item[]): Unheld<Item> {
  return { deliver, retries: MAX_RETRIES_PER_CYCLE };
}
