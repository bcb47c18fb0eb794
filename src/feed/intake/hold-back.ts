import type { Hold } from '../../store/contract/holds.ts';
import type { ResolvedContext } from '../context.ts';
import { askAboutHold } from '../discord/ask-about-hold.ts';
import type { KeepHold, OpenHold } from './decision.ts';

/**
 * Keeps the unseen items of a batch back in a hold, and asks an admin about them.
 *
 * @throws {FeedUnauthorizedError} when Discord refuses the token of the question.
 */
export async function holdBack<Item>(
  context: ResolvedContext<Item>,
  decision: OpenHold<Item> | KeepHold<Item>,
): Promise<void> {
  const { feed, options } = context;
  const hold = decision.kind === 'open-hold' ? await openHold(context, decision) : await extendHold(context, decision);
  await keepInLedger(context, decision.items);
  const newest = decision.items.at(-1);
  const channelId = options.adminChannelId ?? (newest === undefined ? undefined : feed.channels(newest)[0]);
  if (channelId !== undefined) await askAboutHold(context, hold, decision.listed, channelId);
}

async function openHold<Item>(
  { store, feed, logger }: ResolvedContext<Item>,
  { unknown, listed, usuallySeen }: OpenHold<Item>,
): Promise<Hold> {
  const hold = await store.holds.open(feed.name, unknown);
  logger.error('feed_flood_held', { feed: feed.name, new: unknown.length, listed, usually_seen: usuallySeen });
  return hold;
}

/** An admin who decides at this very moment decides about the hold as it was. */
async function extendHold<Item>({ store }: ResolvedContext<Item>, { hold, more }: KeepHold<Item>): Promise<Hold> {
  return more.length === 0 ? hold : ((await store.holds.extend(hold.id, more)) ?? hold);
}

/** The feed may have dropped the items by the time somebody decides, and a crash must lose none of them. */
async function keepInLedger<Item>({ store, feed }: ResolvedContext<Item>, items: readonly Item[]): Promise<void> {
  const unkept = new Set(await store.ledger.filterUnknown(items.map((item) => feed.key(item))));
  const requests = items.map((item) => ({ id: feed.key(item), payload: item })).filter(({ id }) => unkept.has(id));
  await store.release(await store.claim(requests, { feed: feed.name }));
}
