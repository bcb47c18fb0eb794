import type { Claim } from '../../store/contract/claims.ts';
import { reasonOf } from '../../store/errors.ts';
import { keyOf } from '../../store/scoped-id.ts';
import { LONGEST_PAUSE_MS } from '../backoff.ts';
import type { DeliveryJob } from '../deliver/deliver-item.ts';
import type { WaitingChannels } from '../deliver/order/waiting-channels.ts';
import type { ItemProgress } from '../progress/item-progress.ts';
import type { Unheld } from './carry-out.ts';
import type { IntakeContext } from './item-ids.ts';

/**
 * Items that wait for a channel and are claimed for one cycle, at most: all of them, with their payloads, are in
 * memory. Of a longer backlog, those that have been due for longest come first, and the order is kept among as many.
 */
const MAX_WAITING = 5_000;

/** The context of claiming a batch. */
export interface ClaimContext<Item> extends IntakeContext<Item> {
  readonly waiting: WaitingChannels;
}

/**
 * Claims the admitted items and the items of the ledger that are due, whether or not the feed still lists them. Items
 * that another process has are left out.
 *
 * @param progressOf Makes the progress of a claimed item.
 * @returns Items in the order of the feed.
 */
export async function claimBatch<Item>(
  context: ClaimContext<Item>,
  { deliver, retries }: Unheld<Item>,
  progressOf: (claim: Claim) => ItemProgress,
): Promise<DeliveryJob<Item>[]> {
  const { store, feed, ids, options } = context;
  const byId = new Map(deliver.map((item) => [ids.of(item), item]));
  const waiting = retries === 0 ? [] : await claimWaiting(context, retries);
  const requests = [...byId].map(([id, payload]) => ({ id, payload }));
  const { leaseMs } = options;
  const fresh = await store.claim(requests, { feed: feed.name, leaseMs, longestPauseMs: LONGEST_PAUSE_MS });
  const jobs: DeliveryJob<Item>[] = [];
  for (const claim of [...waiting, ...fresh].toSorted(byPlace)) {
    const item = byId.get(claim.id) ?? (await revive(context, claim));
    if (item !== undefined) jobs.push({ claim, item, progress: progressOf(claim) });
  }
  return jobs;
}

function byPlace({ place: one }: Claim, { place: other }: Claim): number {
  return one.token - other.token || one.index - other.index;
}

/** Looks for a hold afterwards: another process may have opened one meanwhile, and put its items into the ledger. */
async function claimWaiting<Item>(context: ClaimContext<Item>, limit: number): Promise<readonly Claim[]> {
  const { store, feed } = context;
  const claims = await claimDue(context, limit);
  const hold = await store.holds.current(feed.name);
  if (hold === null || hold.decision === 'post') return claims;
  const held = new Set(hold.ids);
  await store.release(claims.filter(({ id }) => held.has(id)));
  return claims.filter(({ id }) => !held.has(id));
}

/**
 * Claims all items that merely wait for a channel, since an order can only be kept among all of them, and about `limit`
 * of those that have failed. While every channel that is waited for is paused, `limit` items are enough.
 */
async function claimDue<Item>(context: ClaimContext<Item>, limit: number): Promise<Claim[]> {
  const { store, feed, options, waiting } = context;
  const { leaseMs } = options;
  const claims: Claim[] = [];
  let failed = 0;
  while (failed < limit && claims.length < MAX_WAITING) {
    const part = await store.claimWaiting({ feed: feed.name, leaseMs, longestPauseMs: LONGEST_PAUSE_MS, limit });
    claims.push(...part);
    failed += part.filter(({ attempt }) => attempt > 1).length;
    if (part.length < limit) {
      waiting.clear();
      break;
    }
    if (waiting.areAllPaused) break;
  }
  return claims;
}

/** An item that this version of the bot cannot read becomes a dead letter, and holds up no other. */
async function revive<Item>({ feed, store, logger }: IntakeContext<Item>, claim: Claim): Promise<Item | undefined> {
  try {
    return feed.revive(claim.payload);
  } catch (error) {
    logger.error('feed_item_unreadable', { feed: feed.name, id: keyOf(feed.name, claim.id), error });
    await store.fail([claim], `the stored item cannot be read: ${reasonOf(error)}`);
    return undefined;
  }
}
