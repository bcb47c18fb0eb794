import { missingAccess, unknownChannel, unknownGuild, unknownMember, unknownUser } from '../api-error.ts';
import { effectivePermissions, has, ORDINARY_PERMISSIONS, type Overwrite, type PermissionName } from './permissions.ts';
import type { GuildSeed, MemberSeed, UserSeed, World } from './world.ts';

/** A channel of a guild, or of direct messages with one person. */
export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly type: number;
  readonly guildId?: string;
  readonly recipientId?: string;
  /** Permissions that the bot has or lacks here, whatever its roles say. */
  readonly overwrite?: Overwrite;
}

const DM_CHANNEL = 1;

/** Looks up people, guilds and channels: those of the world, and the channels that came and went since. */
export class Directory {
  readonly world: World;
  readonly #channels = new Map<string, Channel>();

  constructor(world: World) {
    this.world = world;
    for (const { id: guildId, channels } of world.guilds)
      for (const { id, name, type = 0 } of channels) this.#channels.set(id, { id, name, type, guildId });
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

  channelsOf(guildId: string): readonly Channel[] {
    return [...this.#channels.values()].filter((channel) => channel.guildId === guildId);
  }

  setOverwrite(channelId: string, overwrite: Overwrite): Channel {
    const channel = { ...this.channel(channelId), overwrite };
    this.#channels.set(channelId, channel);
    return channel;
  }

  removeChannel(id: string): Channel {
    const channel = this.channel(id);
    this.#channels.delete(id);
    return channel;
  }

  /** Returns the bot's channel with a person, and opens it first when there is none, with an id from `newId`. */
  openDm(recipientId: string, newId: () => string): Channel {
    const { username: name } = this.user(recipientId);
    const open = [...this.#channels.values()].find((channel) => channel.recipientId === recipientId);
    if (open) return open;
    const channel: Channel = { id: newId(), name, type: DM_CHANNEL, recipientId };
    this.#channels.set(channel.id, channel);
    return channel;
  }

  /** Computes the permissions of a member in a channel. In direct messages both sides have the ordinary ones. */
  permissions(userId: string, channel: Channel): bigint {
    if (channel.guildId === undefined) return ORDINARY_PERMISSIONS;
    const guild = this.guild(channel.guildId);
    const { roles = [] } = this.member(guild.id, userId);
    const own = guild.roles.filter(({ id }) => roles.includes(id)).map(({ permissions }) => permissions);
    const overwrite = userId === this.world.bot.id ? channel.overwrite : undefined;
    return effectivePermissions([guild.everyone ?? ORDINARY_PERMISSIONS, ...own], guild.ownerId === userId, overwrite);
  }

  botMay(permission: PermissionName, channel: Channel): boolean {
    return has(this.permissions(this.world.bot.id, channel), permission);
  }

  /** @throws Discord's error answer when the bot cannot see the channel. */
  visibleChannel(id: string): Channel {
    const channel = this.channel(id);
    if (!this.botMay('viewChannel', channel)) throw missingAccess();
    return channel;
  }
}
