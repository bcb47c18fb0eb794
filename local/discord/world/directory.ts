import { missingAccess, unknownChannel, unknownGuild, unknownMember, unknownUser } from '../api-error.ts';
import { ChannelType, isThread } from './channel-type.ts';
import { type Channel, channelFrom } from './channel.ts';
import { effectivePermissions, has, ORDINARY_PERMISSIONS, type Overwrite, type PermissionName } from './permissions.ts';
import type { GuildSeed, MemberSeed, UserSeed, World } from './world.ts';

/** Looks up people, guilds and channels: those of the world, and the channels that came and went since. */
export class Directory {
  readonly world: World;
  readonly #channels = new Map<string, Channel>();

  constructor(world: World) {
    this.world = world;
    for (const { id: guildId, ownerId, channels } of world.guilds)
      for (const channel of channels) this.put(channelFrom(channel, guildId, ownerId));
  }

  user(id: string): UserSeed {
    const user = id === this.world.bot.id ? this.world.bot : this.world.users.find((one) => one.id === id);
    if (!user) throw unknownUser();
    return user;
  }

  isUser(id: string): boolean {
    return id === this.world.bot.id || this.world.users.some((one) => one.id === id);
  }

  guild(id: string): GuildSeed {
    const guild = this.world.guilds.find((one) => one.id === id);
    if (!guild) throw unknownGuild();
    return guild;
  }

  member(guildId: string, userId: string): MemberSeed {
    const member = this.guild(guildId).members.find((one) => one.userId === userId);
    if (!member) throw unknownMember();
    return member;
  }

  channel(id: string): Channel {
    const channel = this.#channels.get(id);
    if (!channel) throw unknownChannel();
    return channel;
  }

  /** Lists the channels of a guild without its threads. */
  channelsOf(guildId: string): readonly Channel[] {
    return this.#in(guildId).filter((channel) => !isThread(channel));
  }

  threadsOf(guildId: string): readonly Channel[] {
    return this.#in(guildId).filter(isThread);
  }

  /** Adds a channel, or replaces what is known of it. */
  put(channel: Channel): Channel {
    if (isThread(channel) && !(channel.thread && channel.parentId !== undefined))
      throw new Error(`Thread ${channel.id} needs the id of its channel and a state: parentId and thread.`);
    this.#channels.set(channel.id, channel);
    return channel;
  }

  /** Replaces the overwrite of the role or member. */
  setOverwrite(channelId: string, overwrite: Overwrite): Channel {
    const channel = this.channel(channelId);
    if (isThread(channel))
      throw new Error(`Thread ${channelId} has the permissions of channel ${channel.parentId}: set them there.`);
    const others = channel.overwrites.filter(({ id }) => id !== overwrite.id);
    return this.put({ ...channel, overwrites: [...others, overwrite] });
  }

  /** Removes a channel. Its threads go with it. */
  removeChannel(id: string): Channel {
    const channel = this.channel(id);
    this.#channels.delete(id);
    for (const child of this.#channels.values())
      if (isThread(child) && child.parentId === id) this.#channels.delete(child.id);
    return channel;
  }

  /** Returns the bot's channel with a person, and opens it first when there is none, with an id from `newId`. */
  openDm(recipientId: string, newId: () => string): Channel {
    const { username: name } = this.user(recipientId);
    const open = [...this.#channels.values()].find((channel) => channel.recipientId === recipientId);
    if (open) return open;
    const rest = { overwrites: [], tags: [], requiresTag: false };
    return this.put({ id: newId(), name, type: ChannelType.dm, recipientId, ...rest });
  }

  /** Computes the permissions of a member in a channel. In direct messages both sides have the ordinary ones. */
  permissions(userId: string, channel: Channel): bigint {
    if (channel.guildId === undefined) return ORDINARY_PERMISSIONS;
    if (isThread(channel)) return this.permissions(userId, this.channel(channel.parentId ?? ''));
    const { id, everyone = ORDINARY_PERMISSIONS, ownerId, roles } = this.guild(channel.guildId);
    const own = this.member(id, userId).roles ?? [];
    const grantee = {
      userId,
      isOwner: ownerId === userId,
      everyone: { id, permissions: everyone },
      roles: roles.filter((role) => own.includes(role.id)),
    };
    return effectivePermissions(grantee, channel.overwrites);
  }

  botMay(permission: PermissionName, channel: Channel): boolean {
    return has(this.permissions(this.world.bot.id, channel), permission);
  }

  /** Tells whether the bot can use the custom emoji: one of the channel's guild, or with a permission of another. */
  botMayUseEmoji(emojiId: string, channel: Channel): boolean {
    const home = this.world.guilds.find(({ emojis = [] }) => emojis.some(({ id }) => id === emojiId));
    return home !== undefined && (home.id === channel.guildId || this.botMay('useExternalEmojis', channel));
  }

  /** Tells whether a member pings the people of the role by mentioning it. */
  mayPingRole(userId: string, roleId: string, channel: Channel): boolean {
    const roles = channel.guildId === undefined ? [] : this.guild(channel.guildId).roles;
    const { mentionable = true } = roles.find(({ id }) => id === roleId) ?? {};
    return mentionable || has(this.permissions(userId, channel), 'mentionEveryone');
  }

  /** @throws Discord's error answer when the bot cannot see the channel. */
  visibleChannel(id: string): Channel {
    const channel = this.channel(id);
    if (!this.botMay('viewChannel', channel)) throw missingAccess();
    return channel;
  }

  #in(guildId: string): readonly Channel[] {
    return [...this.#channels.values()].filter((channel) => channel.guildId === guildId);
  }
}
