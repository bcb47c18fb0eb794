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
  /** Members with the ids of their roles. The bot is listed too, if it is one. */
  readonly members: readonly MemberSeed[];
  readonly channels: readonly ChannelSeed[];
}

export interface RoleSeed {
  readonly id: string;
  readonly name: string;
  readonly permissions: bigint;
}

export interface MemberSeed {
  readonly userId: string;
  readonly roles?: readonly string[];
}

export interface ChannelSeed {
  readonly id: string;
  readonly name: string;
  /** Discord's channel type. Default: 0, a text channel. */
  readonly type?: number;
}
