import { ChannelType, type APIChannel, type REST } from 'discord.js';

import { monotonicNow, type Clock } from '../../../store/clock.ts';
import { isForum, readChannel } from './read-channel.ts';

/** Time after which a channel may have become one of another kind, in milliseconds. */
const FRESH_MS = 3_600_000;

/** A channel, as far as the way of posting there depends on it. */
export interface ChannelKind {
  /** True where an item becomes a thread of its own: in a forum, and in a media channel. */
  readonly isForum: boolean;
  /** True where a message can be published to the channels that follow. */
  readonly isAnnouncement: boolean;
  /** Undefined for a channel of direct messages. */
  readonly guildId: string | undefined;
}

/** Knows of what kind a channel is. Discord is asked once an hour at most. */
export class ChannelKinds {
  readonly #rest: REST;
  readonly #clock: Clock;
  readonly #known = new Map<string, ChannelKind & { readonly readAt: number }>();

  constructor(rest: REST, clock: Clock) {
    this.#rest = rest;
    this.#clock = clock;
  }

  /** The kind as far as it is known. */
  known(channelId: string): ChannelKind | undefined {
    return this.#known.get(channelId);
  }

  /** @throws The error of the request. */
  async find(channelId: string): Promise<ChannelKind> {
    const known = this.#known.get(channelId);
    if (known !== undefined && monotonicNow(this.#clock) - known.readAt < FRESH_MS) return known;
    const kind = kindOf(await readChannel({ rest: this.#rest, clock: this.#clock }, channelId));
    this.#known.set(channelId, { ...kind, readAt: monotonicNow(this.#clock) });
    return kind;
  }

  /** Forgets what turned out to be wrong: Discord refused a request as one for another kind of channel. */
  forget(channelId: string): void {
    this.#known.delete(channelId);
  }
}

function kindOf(channel: APIChannel): ChannelKind {
  const { type } = channel;
  return {
    isForum: isForum(type),
    isAnnouncement: type === ChannelType.GuildAnnouncement,
    guildId: 'guild_id' in channel ? channel.guild_id : undefined,
  };
}
