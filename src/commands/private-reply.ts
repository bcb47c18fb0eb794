import {
  DiscordAPIError,
  MessageFlags,
  RESTJSONErrorCodes,
  type ButtonInteraction,
  type InteractionReplyOptions,
  type RepliableInteraction,
} from 'discord.js';

import { pluginLogger } from '../log/plugin-logger.ts';
import { systemClock } from '../store/clock.ts';
import { answerFirst } from './acknowledge.ts';
import { hasCode } from './has-code.ts';

export type PrivateReply = Pick<InteractionReplyOptions, 'content' | 'embeds' | 'components'>;

/** Pauses before an edit is tried again while Discord fails, in milliseconds: its token is good for 15 minutes. */
const EDIT_AGAIN_AFTER_MS = [1_000, 5_000, 30_000, 120_000];

/**
 * Replies so that only the user sees it, whether or not the interaction was deferred or answered before. The message of
 * a button stays as it is. A reply that reaches nobody any more is logged.
 */
export async function replyPrivately(interaction: RepliableInteraction, reply: PrivateReply): Promise<void> {
  await whileReachable(interaction, reply, () =>
    interaction.deferred || interaction.replied ? replyAfterwards(interaction, reply) : replyFirst(interaction, reply),
  );
}

/** Replaces the message of a deferred button. Where somebody has dismissed it, the user is told privately. */
export async function replaceMessage(interaction: ButtonInteraction, reply: PrivateReply): Promise<void> {
  await whileReachable(interaction, reply, () => edit(interaction, reply));
}

async function replyFirst(interaction: RepliableInteraction, reply: PrivateReply): Promise<void> {
  const first = await answerFirst(
    interaction,
    () => interaction.reply({ ...silent(reply), flags: MessageFlags.Ephemeral }),
    {
      replied: true,
      ephemeral: true,
    },
  );
  if (first === 'found') await replyAfterwards(interaction, reply);
}

async function replyAfterwards(interaction: RepliableInteraction, reply: PrivateReply): Promise<void> {
  if (interaction.replied || !interaction.isCommand()) return followUp(interaction, reply);
  if (interaction.ephemeral !== false) return edit(interaction, reply);
  // A precondition of the bot's deferred it for everybody to see, and so would be what takes its place.
  await patiently(() => interaction.deleteReply());
  return followUp(interaction, reply);
}

async function edit(interaction: RepliableInteraction, reply: PrivateReply): Promise<void> {
  try {
    await patiently(() => interaction.editReply(silent(reply)));
  } catch (error) {
    if (!hasCode(error, RESTJSONErrorCodes.UnknownMessage)) throw error;
    await followUp(interaction, reply);
  }
}

async function followUp(interaction: RepliableInteraction, reply: PrivateReply): Promise<void> {
  await interaction.followUp({ ...silent(reply), flags: MessageFlags.Ephemeral });
}

/** Tries again what may be repeated without harm. Left alone, a message would say "thinking…" for 15 minutes. */
async function patiently(request: () => Promise<unknown>): Promise<void> {
  for (const pauseMs of [...EDIT_AGAIN_AFTER_MS, undefined]) {
    try {
      await request();
      return;
    } catch (error) {
      const isRefused = error instanceof DiscordAPIError && typeof error.code === 'number';
      if (isRefused || pauseMs === undefined) throw error;
      await systemClock.sleep(pauseMs, undefined, { ref: false });
    }
  }
}

/** @throws Any error that does not say that the user cannot be reached. */
async function whileReachable(
  interaction: RepliableInteraction,
  reply: PrivateReply,
  tell: () => Promise<void>,
): Promise<void> {
  try {
    await tell();
  } catch (error) {
    if (hasCode(error, RESTJSONErrorCodes.UnknownWebhook)) return replyAnew(interaction, reply);
    if (!hasCode(error, RESTJSONErrorCodes.InvalidWebhookToken)) throw error;
    pluginLogger().warn('seen_reply_failed', { user_id: interaction.user.id, content: reply.content, error });
  }
}

/** Discord knows of no first answer: the one that was in doubt did not arrive. */
function replyAnew(interaction: RepliableInteraction, reply: PrivateReply): Promise<void> {
  Object.assign(interaction, { deferred: false, replied: false });
  return replyFirst(interaction, reply);
}

/** The reply, so that it pings nobody. */
export function silent<Reply extends PrivateReply>(reply: Reply) {
  return { ...reply, allowedMentions: { parse: [] } };
}
