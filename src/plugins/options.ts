import type { SeenStoreOptions } from '../store/options.ts';
import type { MetricsOptions } from './metrics/options.ts';

/** The `seen` key of the client's options. */
export interface SeenPluginOptions extends SeenStoreOptions {
  /** False leaves out everything: no store is opened, no piece loaded. For shards that do not post. Default: true. */
  readonly enabled?: boolean;
  /**
   * False leaves out `/seen`, for a bot that brings a command of its own; export `SeenCommand` is there to extend.
   * An object registers it in some guilds only, where it appears at once. Default: everywhere.
   */
  readonly command?: false | { readonly guildIds: readonly string[] };
  /** Who may purge, retry and decide. */
  readonly admins?: SeenAdmins;
  /**
   * Serves Prometheus metrics at `/metrics`, with the package prom-client: `port`, and `host`, which is 127.0.0.1 unless
   * given. Default: off.
   */
  readonly metrics?: MetricsOptions;
  /** Turns what somebody typed at `/seen why` and `/seen retry`, a link for example, into an id. Default: as typed. */
  readonly parseId?: (text: string) => string;
}

/**
 * Beside the application's owner or team. The store is shared by all guilds, so an administrator of just any guild is
 * not enough.
 */
export interface SeenAdmins {
  /** The bot's home guild, whose administrators may. Default: the guild of `channelId`. */
  readonly guildId?: string;
  /** The channel that the feed is posted to. */
  readonly channelId?: string;
  /** Users who may, wherever they are. */
  readonly userIds?: readonly string[];
  /** Roles whose members may. */
  readonly roleIds?: readonly string[];
}
