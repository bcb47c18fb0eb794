import { requireSeenStore } from '../../container/require-seen-store.ts';
import { isAdmin } from '../admins.ts';
import { guildOfChannel } from '../guild-of-channel.ts';
import type { SeenSubcommand } from '../subcommand.ts';
import { whyReply } from '../views/why-embed.ts';
import { findItems, type FoundItem } from '../../store/find-items.ts';
import { MAX_ITEM_LENGTH, parseItemId } from './item-id.ts';

/** `/seen why`: what became of one item, in each feed that has one with this id. */
export const why: SeenSubcommand = {
  name: 'why',
  description: 'What became of one item',
  addOptions: (builder) =>
    builder.addStringOption((item) =>
      item.setName('item').setDescription('Its id').setRequired(true).setMaxLength(MAX_ITEM_LENGTH),
    ),
  run: async (interaction) => {
    const { client, options } = interaction;
    const id = parseItemId(client, options.getString('item', true));
    const found = await findItems(requireSeenStore(), id);
    const nothing: FoundItem = { feed: undefined, id, seen: false, entry: null };
    const showErrors = found.some(({ entry }) => entry !== null) && (await isAdmin(interaction));
    const guildOf = (channelId: string): string | undefined => guildOfChannel(client, channelId);
    const items = found.length > 0 ? found : [nothing];
    return whyReply(items.map(({ feed, seen, entry }) => ({ id, feed, seen, entry, showErrors, guildOf })));
  },
};
