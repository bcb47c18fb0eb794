import { container } from '@sapphire/framework';
import type { Client } from 'discord.js';

import { isAdmin } from '../admins.ts';
import type { SeenSubcommand } from '../subcommand.ts';
import { whyEmbed } from '../views/why-embed.ts';
import { MAX_ITEM_LENGTH, parseItemId } from './item-id.ts';

/** `/seen why`: what became of one item. */
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
    // Not isSeen(), which says false for a store that cannot answer.
    const isSeen = (await container.seen.filterUnseen([id])).length === 0;
    const entry = await container.seen.ledger.find(id);
    const showErrors = entry !== null && (await isAdmin(interaction));
    const guildOf = (channelId: string): string | undefined => guildOfChannel(client, channelId);
    return { embeds: [whyEmbed({ id, seen: isSeen, entry, showErrors, guildOf })] };
  },
};

function guildOfChannel(client: Client, channelId: string): string | undefined {
  const channel = client.channels.cache.get(channelId);
  return channel !== undefined && 'guildId' in channel ? (channel.guildId ?? undefined) : undefined;
}
