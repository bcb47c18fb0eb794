import { missingAccess, unknownChannel, unknownGuild, unknownMember, unknownUser } from './api-error.ts';
import { effectivePermissions, has, ORDINARY_PERMISSIONS, type Overwrite, type PermissionName } from './permissions.ts';
import type { GuildSeed, MemberSeed, UserSeed, World } from './world.ts';

/** One place to post: a guild's channel, or a direct-message channel with one person. */
export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly type: number;
  readonly guildId?: string;
  readonly recipientId?: string;
  /** What the bot itself may or may not do here, beyond its roles. */
  readonly overwrite?: Overwrite;
}

const DM_CHANNEL = 1;

/** Who and what exists now: the world's seed, plus the channels that came and went since. */
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

  /** The bot's direct messages with a person; `newId` names the channel when there is none yet. */
  openDm(recipientId: string, newId: () => string): Channel {
    const { username: name } = this.user(recipientId);
    const open = [...this.#channels.values()].find((channel) => channel.recipientId === recipientId);
    if (open) return open;
    const channel: Channel = { id: newId(), name, type: DM_CHANNEL, recipientId };
    this.#channels.set(channel.id, channel);
    return channel;
  }

  /** What a member may do in a channel. In direct messages both sides may do what ordinary members may. */
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

  /** The channel, if the bot can see it. */
  visibleChannel(id: string): Channel {
    const channel = this.channel(id);
    if (!this.botMay('viewChannel', channel)) throw missingAccess();
    return channel;
  }
}
