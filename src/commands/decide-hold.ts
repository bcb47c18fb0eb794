import { requireSeenStore } from '../container/require-seen-store.ts';
import { pluginLogger } from '../log/plugin-logger.ts';
import type { Hold, HoldDecision } from '../store/contract/holds.ts';

/** A hold with the decision that stands, and whether it is the one that was just asked for. */
export interface Decided {
  readonly hold: Hold;
  /** False when somebody else, or the same user, decided before. */
  readonly isNew: boolean;
}

/**
 * Decides about a hold for the user, and logs it. The first decision stands.
 *
 * @param hold Its name or its id.
 * @returns Null when the hold has been carried out, or never existed.
 */
export async function decideHold(
  hold: string | number,
  decision: HoldDecision,
  userId: string,
): Promise<Decided | null> {
  const decided = await requireSeenStore().holds.decide(hold, decision, userId);
  if (decided === null) return null;
  const { id, feed, decidedBy } = decided;
  const isNew = decided.decision === decision && decidedBy === userId;
  const fields = { feed, hold: id, decision: decided.decision, user_id: decidedBy };
  pluginLogger().info(isNew ? 'seen_hold_decided' : 'seen_hold_already_decided', fields);
  return { hold: decided, isNew };
}
