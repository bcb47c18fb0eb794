import { MessageFlags, type InteractionReplyOptions, type RepliableInteraction } from 'discord.js';

export type PrivateReply = Pick<InteractionReplyOptions, 'content' | 'embeds' | 'components'>;

/**
 * Replies so that only the user sees it, whether or not the interaction was deferred or answered before. The message of
 * a button stays as it is.
 */
export async function replyPrivately(interaction: RepliableInteraction, reply: PrivateReply): Promise<void> {
  const silent = { ...reply, allowedMentions: { parse: [] } };
  const isPending = interaction.deferred && !interaction.replied;
  if (isPending && interaction.isCommand()) await interaction.editReply(silent);
  else if (isPending || interaction.replied) await interaction.followUp({ ...silent, flags: MessageFlags.Ephemeral });
  else await interaction.reply({ ...silent, flags: MessageFlags.Ephemeral });
}
