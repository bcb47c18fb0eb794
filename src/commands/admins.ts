import { PermissionFlagsBits, Team, type Client, type Interaction, type PermissionsBitField } from 'discord.js';

import { pluginLogger } from '../log/plugin-logger.ts';

/** Tells whether the user may change the store, which all guilds share: see the option `admins` of the plugin. */
export async function isAdmin(interaction: Interaction): Promise<boolean> {
  const { client, user } = interaction;
  const { userIds = [], roleIds = [] } = client.options.seen?.admins ?? {};
  if (userIds.includes(user.id) || rolesOf(interaction).some((role) => roleIds.includes(role))) return true;
  if (isAdministrator(interaction.memberPermissions) && interaction.guildId === (await homeGuildId(client)))
    return true;
  return isOwner(client, user.id);
}

/** The reply to a user who is not an admin. */
export const notAdminMessage =
  'Only administrators of the bot’s home server, the bot’s owners, and the users and roles named in its configuration ' +
  'may do this, because every server that the bot is in shares one store.';

function isAdministrator(permissions: PermissionsBitField | null): boolean {
  return permissions?.has(PermissionFlagsBits.Administrator) ?? false;
}

function rolesOf({ member }: Interaction): readonly string[] {
  if (member === null) return [];
  return Array.isArray(member.roles) ? member.roles : [...member.roles.cache.keys()];
}

async function homeGuildId(client: Client<true>): Promise<string | undefined> {
  const { guildId, channelId } = client.options.seen?.admins ?? {};
  if (guildId !== undefined || channelId === undefined) return guildId;
  try {
    const channel = await client.channels.fetch(channelId);
    return channel !== null && 'guildId' in channel ? (channel.guildId ?? undefined) : undefined;
  } catch (error) {
    // Without its channel the bot has no home guild, but it still has owners.
    pluginLogger().warn('seen_home_guild_unknown', { channel_id: channelId, error });
    return undefined;
  }
}

/** Fetches the application each time: members of a team come and go while the bot runs, and purges are rare. */
async function isOwner(client: Client<true>, userId: string): Promise<boolean> {
  const { owner } = await client.application.fetch();
  if (owner instanceof Team) return owner.members.some((member) => member.id === userId && isActive(member));
  return owner?.id === userId;
}

function isActive({ membershipState, role }: { membershipState: number; role: string }): boolean {
  const accepted = 2;
  return membershipState === accepted && role !== 'read_only';
}
