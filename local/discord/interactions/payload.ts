import type { Channel } from '../world/channel.ts';
import type { Directory } from '../world/directory.ts';
import { channelPayload, memberPayload, userPayload } from '../world/payloads.ts';
import type { Interaction } from './interaction.ts';

/** Contexts of interactions: a guild's channel, or the direct messages with the bot. */
const Context = { guild: 0, botDm: 1 } as const;

export function contextOf({ guildId }: Channel): number {
  return guildId === undefined ? Context.botDm : Context.guild;
}

const ATTACHMENT_SIZE_LIMIT = 10 * 1024 * 1024;

/** Builds the INTERACTION_CREATE event. `data` names the command or component. */
export function interactionPayload(
  directory: Directory,
  interaction: Interaction,
  data: object,
  more: object = {},
): object {
  const { id, token, type, channel } = interaction;
  const { application, bot } = directory.world;
  const channelSeenByUser = {
    ...channelPayload(directory, channel),
    permissions: String(directory.permissions(interaction.userId, channel)),
  };
  return {
    id,
    token,
    type,
    version: 1,
    application_id: application.id,
    data,
    channel_id: channel.id,
    channel: channelSeenByUser,
    app_permissions: String(directory.permissions(bot.id, channel)),
    locale: 'en-US',
    entitlements: [],
    authorizing_integration_owners: { 0: channel.guildId ?? '0' },
    context: contextOf(channel),
    attachment_size_limit: ATTACHMENT_SIZE_LIMIT,
    ...invokerOf(directory, interaction),
    ...more,
  };
}

/** Describes the person: in a guild as a member with computed permissions, in direct messages as a user. */
function invokerOf(directory: Directory, { userId, channel }: Interaction): object {
  const { guildId } = channel;
  if (guildId === undefined) return { user: userPayload(directory, directory.user(userId)) };
  const permissions = String(directory.permissions(userId, channel));
  return {
    guild_id: guildId,
    guild: { id: guildId, locale: 'en-US', features: [] },
    guild_locale: 'en-US',
    member: { ...memberPayload(directory, directory.member(guildId, userId)), permissions },
  };
}
