import type { SeenCommandOptions } from '../commands/command-option.ts';
import type { SeenStoreOptions } from '../store/options.ts';
import type { MetricsOptions } from './metrics/options.ts';

/** The `seen` key of the client's options. */
export interface SeenPluginOptions extends SeenStoreOptions {
  /** False leaves out everything: no store is opened, no piece loaded. For shards that do not post. Default: true. */
  readonly enabled?: boolean | undefined;
  /**
   * False leaves out `/seen`, for a bot that brings a command of its own, which may extend the exported `SeenCommand`.
   * An object gives it another name, or registers it in some guilds only. What an earlier start with other options
   * registered is removed. Default: `/seen`, everywhere.
   */
  readonly command?: false | SeenCommandOptions | undefined;
  /** Users who may purge, retry and decide. Default: the application's owner or team. */
  readonly admins?: SeenAdmins | undefined;
  /** Serves Prometheus metrics at `/metrics`, with the package prom-client. Default: off. */
  readonly metrics?: MetricsOptions | undefined;
  /** Turns what somebody typed at `/seen why` and `/seen retry`, a link for example, into an id. Default: as typed. */
  readonly parseId?: ((text: string) => string) | undefined;
}

/**
 * Admins beside the application's owner or team. The store is shared by all guilds, so an administrator of just any
 * guild is not one.
 */
export interface SeenAdmins {
  /** The bot's home guild: its administrators are admins. Default: the guild of `channelId`. */
  readonly guildId?: string | undefined;
  /** The channel that the feed is posted to. */
  readonly channelId?: string | undefined;
  /** Users who are admins wherever they are. Default: none. */
  readonly userIds?: readonly string[] | undefined;
  /** Roles whose members are admins. Default: none. */
  readonly roleIds?: readonly string[] | undefined;
}
