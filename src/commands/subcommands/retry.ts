import { requireSeenStore } from '../../container/require-seen-store.ts';
import { pluginLogger } from '../../log/plugin-logger.ts';
import { commandText } from '../command-option.ts';
import type { SeenSubcommand } from '../subcommand.ts';
import { countOf } from '../text/count-of.ts';
import { shortText } from '../views/short-text.ts';
import { findItems, type FoundItem } from '../../store/find-items.ts';
import { MAX_ITEM_LENGTH, parseItemId } from './item-id.ts';

/** Feeds that a reply names, at most. */
const MAX_NAMED = 5;

/** `/seen retry`: makes dead letters, those with one id or all, claimable again. */
export const retry: SeenSubcommand = {
  name: 'retry',
  description: 'Try failed items again',
  adminsOnly: true,
  addOptions: (builder) =>
    builder.addStringOption((item) =>
      item.setName('item').setDescription('One id. Default: all that failed').setMaxLength(MAX_ITEM_LENGTH),
    ),
  run: async ({ client, options, user }) => {
    const item = options.getString('item');
    const failed = item === null ? undefined : await findFailed(parseItemId(client, item));
    const retried = await requireSeenStore().ledger.retry(failed?.map(({ id }) => id));
    const feeds = feedsOf(failed ?? []);
    pluginLogger().info('seen_retry', { user_id: user.id, item, retried, feeds });
    const which = feeds.length === 0 ? '' : ` of ${feeds.map((feed) => shortText(feed, 200)).join(' and ')}`;
    if (retried > 0)
      return { content: `✅ ${countOf(retried, 'failed item')}${which} will be tried again in the next cycle.` };
    if (item === null) return { content: 'Nothing has failed.' };
    return { content: `That item has not failed. ${commandText('why')} shows what became of it.` };
  },
};

/** The failed items with this key: each feed may have one. */
async function findFailed(key: string): Promise<FoundItem[]> {
  const found = await findItems(requireSeenStore(), key);
  return found.filter(({ entry }) => entry?.state === 'failed');
}

/** The feeds of the items, as many as a message can name. */
function feedsOf(items: readonly FoundItem[]): string[] {
  return items.flatMap(({ feed }) => feed ?? []).slice(0, MAX_NAMED);
}
