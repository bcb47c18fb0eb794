import type { APIUser } from 'discord.js';
import { guildChannelPayload, isoTime } from './channel-payload.ts';
import { type Channel, LONG_AGO_MS } from './channel.ts';
import type { Directory } from './directory.ts';
import { ORDINARY_PERMISSIONS } from './permissions.ts';
import type { GuildSeed, MemberSeed, RoleSeed, UserSeed } from './world.ts';

/** The time at which everybody joined. */
const LONG_AGO = isoTime(LONG_AGO_MS);

export function userPayload(directory: Directory, { id, username, globalName }: UserSeed): APIUser {
  return {
    id,
    username,
    global_name: globalName ?? null,
    discriminator: '0',
    avatar: null,
    bot: id === directory.world.bot.id,
  };
}

export function memberPayload(directory: Directory, { userId, roles = [] }: MemberSeed): object {
  return {
    user: userPayload(directory, directory.user(userId)),
    roles,
    nick: null,
    avatar: null,
    joined_at: LONG_AGO,
    premium_since: null,
    deaf: false,
    mute: false,
    pending: false,
    communication_disabled_until: null,
    flags: 0,
  };
}

export function channelPayload(directory: Directory, channel: Channel): object {
  const { id, type, recipientId } = channel;
  if (recipientId === undefined) return guildChannelPayload(channel);
  return { id, type, last_message_id: null, recipients: [userPayload(directory, directory.user(recipientId))] };
}

export function rolePayloads({ id, everyone = ORDINARY_PERMISSIONS, roles }: GuildSeed) {
  const everybody = { id, name: '@everyone', permissions: everyone, mentionable: false };
  const all: readonly RoleSeed[] = [everybody, ...roles];
  return all.map((role, position) => ({
    id: role.id,
    name: role.name,
    permissions: String(role.permissions),
    position,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: false,
    mentionable: role.mentionable ?? true,
    flags: 0,
  }));
}

export function guildPayload(guild: GuildSeed): object {
  return {
    id: guild.id,
    name: guild.name,
    owner_id: guild.ownerId,
    icon: null,
    splash: null,
    banner: null,
    description: null,
    features: [],
    emojis: (guild.emojis ?? []).map(({ id, name }) => ({ id, name, available: true, animated: false })),
    stickers: [],
    roles: rolePayloads(guild),
    preferred_locale: 'en-US',
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    mfa_level: 0,
    nsfw_level: 0,
    premium_tier: 0,
    premium_progress_bar_enabled: false,
    system_channel_id: null,
    system_channel_flags: 0,
    rules_channel_id: null,
    public_updates_channel_id: null,
    safety_alerts_channel_id: null,
    afk_channel_id: null,
    afk_timeout: 300,
    vanity_url_code: null,
  };
}

/** Builds the GUILD_CREATE event: the guild with everything in it. */
export function guildCreatePayload(directory: Directory, guild: GuildSeed): object {
  return {
    ...guildPayload(guild),
    joined_at: LONG_AGO,
    large: false,
    unavailable: false,
    member_count: guild.members.length,
    members: guild.members.map((member) => memberPayload(directory, member)),
    channels: directory.channelsOf(guild.id).map((channel) => guildChannelPayload(channel)),
    threads: directory
      .threadsOf(guild.id)
      .filter(({ thread }) => thread?.archived === false)
      .map((thread) => guildChannelPayload(thread)),
    voice_states: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

export function applicationPayload(directory: Directory): object {
  const { application, bot } = directory.world;
  const { id, name, ownerId } = application;
  return {
    id,
    name,
    icon: null,
    description: '',
    bot: userPayload(directory, bot),
    bot_public: false,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    flags: 0,
    owner: userPayload(directory, directory.user(ownerId)),
    team: teamPayload(directory),
  };
}

function teamPayload(directory: Directory): object | null {
  const { team } = directory.world.application;
  if (!team) return null;
  const members = team.members.map(({ userId, role }) => ({
    user: userPayload(directory, directory.user(userId)),
    team_id: team.id,
    membership_state: 2,
    role,
    permissions: ['*'],
  }));
  return { id: team.id, name: team.name, icon: null, owner_user_id: team.ownerId, members };
}
