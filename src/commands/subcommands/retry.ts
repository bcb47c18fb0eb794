import { container } from '@sapphire/framework';

import type { SeenSubcommand } from '../subcommand.ts';
import { MAX_ITEM_LENGTH, parseItemId } from './item-id.ts';

/** `/seen retry`: makes dead letters, one or all, claimable again. */
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
    const retried = await container.seen.ledger.retry(item === null ? undefined : [parseItemId(client, item)]);
    container.logger.info('seen_retry', { user_id: user.id, item, retried });
    if (retried > 0) return { content: `✅ ${failedItems(retried)} will be tried again in the next cycle.` };
    if (item === null) return { content: 'Nothing has failed.' };
    return { content: 'That item has not failed. `/seen why` shows what became of it.' };
  },
};

function failedItems(count: number): string {
  return `${count.toLocaleString('en')} failed ${count === 1 ? 'item' : 'items'}`;
}
