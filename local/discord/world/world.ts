import type { Overwrite } from './permissions.ts';

/** The people, guilds and channels that exist when the local Discord starts. */
export interface World {
  /** The token with which the bot logs in. */
  readonly token: string;
  readonly application: ApplicationSeed;
  readonly bot: UserSeed;
  /** The people. The bot is not among them. */
  readonly users: readonly UserSeed[];
  readonly guilds: readonly GuildSeed[];
}

export interface ApplicationSeed {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly team?: TeamSeed;
  /** Gateway intents that are privileged and switched on for the application, as bits. Default: none. */
  readonly privilegedIntents?: number;
}

export interface TeamSeed {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly members: readonly { readonly userId: string; readonly role: 'admin' | 'developer' | 'read_only' }[];
}

export interface UserSeed {
  readonly id: string;
  readonly username: string;
  readonly globalName?: string;
}

export interface GuildSeed {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  /** Permissions of `@everyone`. Default: `ORDINARY_PERMISSIONS`. */
  readonly everyone?: bigint;
  readonly roles: readonly RoleSeed[];
  /** Custom emoji. Default: none. */
  readonly emojis?: readonly EmojiSeed[];
  /** Members with the ids of their roles. The bot is listed too, if it is one. */
  readonly members: readonly MemberSeed[];
  readonly channels: readonly ChannelSeed[];
}

export interface RoleSeed {
  readonly id: string;
  readonly name: string;
  readonly permissions: bigint;
  /** False for a role that only people who may mention everyone can ping. Default: true. */
  readonly mentionable?: boolean;
}

export interface EmojiSeed {
  readonly id: string;
  readonly name: string;
}

export interface MemberSeed {
  readonly userId: string;
  readonly roles?: readonly string[];
}

export interface ChannelSeed {
  readonly id: string;
  readonly name: string;
  /** Discord's channel type, one of `ChannelType`. Default: 0, a text channel. */
  readonly type?: number;
  /** The category of a channel, or the channel of a thread. Threads need one. */
  readonly parentId?: string;
  readonly overwrites?: readonly Overwrite[];
  /** The tags of a forum. */
  readonly tags?: readonly ForumTagSeed[];
  /** Tells whether the threads of a forum need a tag. Default: false. */
  readonly requiresTag?: boolean;
  /** The state of a thread, and nothing else. */
  readonly thread?: ThreadSeed;
}

export interface ThreadSeed {
  /** Default: the owner of the guild. */
  readonly ownerId?: string;
  readonly archived?: boolean;
  readonly locked?: boolean;
  readonly appliedTags?: readonly string[];
}

export interface ForumTagSeed {
  readonly id: string;
  readonly name: string;
  /** True when only people who may manage threads can apply it. Default: false. */
  readonly moderated?: boolean;
}
