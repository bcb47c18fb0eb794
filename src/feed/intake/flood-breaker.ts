import type { Hold } from '../../store/contract/holds.ts';
import type { ResolvedDeliveryOptions } from '../options.ts';
import type { Deliver, FloodDecision, KeepHold, OpenHold } from './decision.ts';
import type { IntakeContext } from './item-ids.ts';

/**
 * The flood breaker decides about a feed of which most items are usually known. A batch that suddenly looks new is held
 * until an admin decides.
 */
export async function decideFlood<Item>(
  context: IntakeContext<Item>,
  { unseen, seen }: { readonly unseen: readonly Item[]; readonly seen: readonly Item[] },
): Promise<FloodDecision<Item>> {
  const { store, feed, ids } = context;
  const listed = unseen.length + seen.length;
  const hold = await store.holds.current(feed.name);
  if (hold === null) return deliverOrHold(context, unseen, listed);
  const held = new Set(hold.ids);
  const later = unseen.filter((item) => !held.has(ids.of(item)));
  if (hold.decision === null) return keepHold(context, hold, { unseen, later, listed });
  const items = unseen.filter((item) => held.has(ids.of(item)));
  return { kind: 'end-hold', hold, items, rest: await deliverOrHold(context, later, listed) };
}

/**
 * Items that the ledger knows, because they wait for a retry for example, make no flood. A feed of which little has
 * been listed yet counts as one of which most items are known: its first few were new, and say nothing. But where a
 * first run posts, they are what the owner wants to see.
 */
async function deliverOrHold<Item>(
  { store, feed, ids, options }: IntakeContext<Item>,
  unseen: readonly Item[],
  listed: number,
): Promise<Deliver<Item> | OpenHold<Item>> {
  const unknown = await store.ledger.filterUnknown(unseen.map((item) => ids.of(item)));
  const evidence = options.firstRun === 'post' ? 1 : options.flood.minimum;
  const usuallySeen = (await store.cycles.seenShare(feed.name, evidence)) ?? 1;
  if (!isFlood(unknown.length, listed, options.flood) || usuallySeen < 1 - options.flood.share)
    return { kind: 'deliver', items: unseen };
  return { kind: 'open-hold', items: unseen, unknown, listed, usuallySeen };
}

/**
 * Items that come after the question are news, and are delivered once somebody has answered it. The answer covers them
 * as well only when they are a flood of their own, the rest of one that comes in pieces.
 */
async function keepHold<Item>(
  { store, ids, options }: IntakeContext<Item>,
  hold: Hold,
  batch: { readonly unseen: readonly Item[]; readonly later: readonly Item[]; readonly listed: number },
): Promise<KeepHold<Item>> {
  const { unseen, later, listed } = batch;
  const unknown = await store.ledger.filterUnknown(later.map((item) => ids.of(item)));
  const more = isFlood(unknown.length, listed, options.flood) ? unknown : [];
  return { kind: 'keep-hold', hold, items: unseen, more, listed };
}

/** True for a flood: so many new items, of so many that are listed. */
export function isFlood(
  unknown: number,
  listed: number,
  { share, minimum }: ResolvedDeliveryOptions['flood'],
): boolean {
  return unknown >= minimum && unknown > share * listed;
}
