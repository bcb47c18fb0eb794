import { MessageFlags, type InteractionReplyOptions, type RepliableInteraction } from 'discord.js';

/** Answers for the user's eyes only, whether or not the interaction has been answered before. Leaves a button's message alone. */
export async function answerPrivately(
  interaction: RepliableInteraction,
  answer: Pick<InteractionReplyOptions, 'content' | 'embeds' | 'components'>,
): Promise<void> {
  const quiet = { ...answer, allowedMentions: { parse: [] } };
  const waits = interaction.deferred && !interaction.replied;
  if (waits && interaction.isCommand()) await interaction.editReply(quiet);
  else if (waits || interaction.replied) await interaction.followUp({ ...quiet, flags: MessageFlags.Ephemeral });
  else await interaction.reply({ ...quiet, flags: MessageFlags.Ephemeral });
}
