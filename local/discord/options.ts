import { type Clock, systemClock } from '../clock.ts';
import type { FaultPlan } from './faults.ts';
import type { Rewrite } from './messages/rewrites.ts';
import { defaultWorld } from './world/default-world.ts';
import type { World } from './world/world.ts';

export interface LocalDiscordOptions {
  /** The guilds, channels and people that exist at the start. Default: `defaultWorld`. */
  readonly world?: World;
  /** Called for every request; replaced later through `discord.faults`. Default: everything works. */
  readonly faults?: FaultPlan;
  /** The source of every timestamp and deadline but those of waiting tests. Default: the machine's clock. */
  readonly clock?: Clock;
  /** Milliseconds for which an enforced nonce is remembered. Default: five minutes. */
  readonly nonceWindowMs?: number;
  /**
   * Changes that are made to every message before it is shown, as Discord makes them. Default: none, so that tests can
   * compare what they read with what they sent; `everyRewrite` for all of them.
   */
  readonly rewrites?: readonly Rewrite[];
  /** Milliseconds in which the bot must give its first answer to an interaction. Default: 3000, as on Discord. */
  readonly responseTimeoutMs?: number;
  /** Milliseconds between the heartbeats that clients are told to send. Default: 41,250, as on Discord. */
  readonly heartbeatIntervalMs?: number;
}

/** The options that always have a value. */
export type Settings = Required<Omit<LocalDiscordOptions, 'faults'>>;

export const defaultSettings = {
  world: defaultWorld,
  clock: systemClock,
  // Discord says "the past few minutes".
  nonceWindowMs: 5 * 60_000,
  rewrites: [],
  responseTimeoutMs: 3000,
  heartbeatIntervalMs: 41_250,
} as const satisfies Settings;
