import type { Hold } from '../../store/contract/holds.ts';
import { askAboutHold } from '../discord/hold-question/ask.ts';
import type { KeepHold, OpenHold } from './decision.ts';
import { channelsOf } from '../item-channels.ts';
import { partItems } from './identify.ts';
import type { IntakeContext } from './item-ids.ts';

/**
 * Keeps the unseen items of a batch back in a hold, and asks an admin about them.
 *
 * @throws {FeedUnauthorizedError} when Discord refuses the token of the question.
 */
export async function holdBack<Item>(
  context: IntakeContext<Item>,
  decision: OpenHold<Item> | KeepHold<Item>,
): Promise<void> {
  const hold = decision.kind === 'open-hold' ? await openHold(context, decision) : await extendHold(context, decision);
  await keepInLedger(context, decision.items);
  const channels = { admin: context.options.adminChannelId, posting: postingChannels(context, decision.items) };
  await askAboutHold(context, hold, decision.listed, channels);
}

/**
 * The channels of the items, those of the newest first. An item whose channels cannot be told says nothing about them.
 */
function postingChannels<Item>({ feed, logger }: IntakeContext<Item>, items: readonly Item[]): string[] {
  const { valid, invalid } = partItems(items, (item) => channelsOf(feed, item));
  const [first] = invalid;
  if (first !== undefined) logger.warn('feed_channels_unknown', { feed: feed.name, error: first.error });
  return [...new Set(valid.toReversed().flat())];
}

async function openHold<Item>(
  { store, feed, logger }: IntakeContext<Item>,
  { unknown, listed, usuallySeen }: OpenHold<Item>,
): Promise<Hold> {
  const hold = await store.holds.open(feed.name, unknown);
  logger.error('feed_flood_held', { feed: feed.name, new: unknown.length, listed, usually_seen: usuallySeen });
  return hold;
}

/** An admin who decides at this very moment decides about the hold as it was. */
async function extendHold<Item>({ store }: IntakeContext<Item>, { hold, more }: KeepHold<Item>): Promise<Hold> {
  return more.length === 0 ? hold : ((await store.holds.extend(hold.id, more)) ?? hold);
}

/** The feed may have dropped the items by the time somebody decides, and a crash must lose none of them. */
async function keepInLedger<Item>({ store, feed, ids }: IntakeContext<Item>, items: readonly Item[]): Promise<void> {
  const unkept = new Set(await store.ledger.filterUnknown(items.map((item) => ids.of(item))));
  const requests = items.map((item) => ({ id: ids.of(item), payload: item })).filter(({ id }) => unkept.has(id));
  await store.release(await store.claim(requests, { feed: feed.name }), { reason: 'the flood breaker holds it' });
}
