import type { Claim } from '../../store/contract/claims.ts';
import { reasonOf } from '../../store/errors.ts';
import type { ResolvedContext } from '../context.ts';
import type { DeliveryJob } from '../deliver/deliver-item.ts';
import type { ItemProgress } from '../progress/item-progress.ts';
import type { Admitted } from './carry-out.ts';

/**
 * Claims the admitted items, and before them the items of the ledger that are due, whether or not the feed still lists
 * them. Items that another process has are left out.
 *
 * @param progressOf Makes the progress of a claimed item.
 */
export async function claimBatch<Item>(
  context: ResolvedContext<Item>,
  { deliver, retries }: Pick<Admitted<Item>, 'deliver' | 'retries'>,
  progressOf: (claim: Claim) => ItemProgress,
): Promise<DeliveryJob<Item>[]> {
  const { store, feed, options } = context;
  const byId = new Map(deliver.map((item) => [feed.key(item), item]));
  const waiting = retries === 0 ? [] : await claimWaiting(context, retries);
  const requests = [...byId].map(([id, payload]) => ({ id, payload }));
  const fresh = await store.claim(requests, { feed: feed.name, leaseMs: options.leaseMs });
  const jobs: DeliveryJob<Item>[] = [];
  for (const claim of [...waiting, ...fresh]) {
    const item = byId.get(claim.id) ?? (await revive(context, claim));
    if (item !== undefined) jobs.push({ claim, item, progress: progressOf(claim) });
  }
  return jobs;
}

/** Looks for a hold afterwards: another process may have opened one meanwhile, and put its items into the ledger. */
async function claimWaiting<Item>(
  { store, feed, options }: ResolvedContext<Item>,
  limit: number,
): Promise<readonly Claim[]> {
  const claims = await store.claimWaiting({ feed: feed.name, leaseMs: options.leaseMs, limit });
  const hold = await store.holds.current(feed.name);
  if (hold === null || hold.decision === 'post') return claims;
  const held = new Set(hold.ids);
  await store.release(claims.filter(({ id }) => held.has(id)));
  return claims.filter(({ id }) => !held.has(id));
}

/** An item that this version of the bot cannot read becomes a dead letter, and holds up no other. */
async function revive<Item>({ feed, store, logger }: ResolvedContext<Item>, claim: Claim): Promise<Item | undefined> {
  try {
    return feed.revive(claim.payload);
  } catch (error) {
    logger.error('feed_item_unreadable', { id: claim.id, error });
    await store.fail([claim], `the stored item cannot be read: ${reasonOf(error)}`);
    return undefined;
  }
}
