import { setTimeout as delay } from 'node:timers/promises';

import { ChannelType, ids, type Fault, type IncomingRequest, type LocalDiscord } from '../../local/discord/index.ts';
import type { History } from '../history.ts';
import type { KillsReached } from './nemesis.ts';
import type { Trouble, TroubleKind } from './plan-disturbances.ts';

/** The beginning of a trouble in a channel. Returns its end. */
type Begin = (discord: LocalDiscord, channel: string) => () => void;

const unknown: Fault = { kind: 'status', status: 404, body: { code: 10_003, message: 'Unknown Channel' } };
const refused: Fault = { kind: 'status', status: 403, body: { code: 50_001, message: 'Missing Access' } };

const begin: Readonly<Record<TroubleKind, Begin>> = {
  archived: (discord, channel) => {
    discord.lockThread(channel);
    discord.archiveThread(channel);
    return () => discord.reopenThread(channel);
  },
  locked: (discord, channel) => {
    discord.lockThread(channel);
    return () => discord.reopenThread(channel);
  },
  forbidden: (discord, channel) => {
    discord.denyChannel(permittedBy(channel), [channel === ids.thread ? 'sendMessagesInThreads' : 'sendMessages']);
    return () => discord.allowChannel(permittedBy(channel));
  },
  invisible: (discord, channel) => {
    discord.denyChannel(channel, ['viewChannel']);
    return () => discord.allowChannel(channel);
  },
  'wrong-kind': (discord, channel) => {
    discord.setChannelType(channel, ChannelType.category);
    return () => discord.setChannelType(channel, ChannelType.text);
  },
  'history-empty': (discord, channel) => {
    discord.denyChannel(channel, ['readMessageHistory']);
    return () => discord.allowChannel(channel);
  },
  // A channel that was deleted does not come back: these two are told, and not true.
  unknown: () => () => undefined,
  'history-refused': () => () => undefined,
};

/** The channel whose permissions hold in this one. */
function permittedBy(channel: string): string {
  return channel === ids.thread ? ids.general : channel;
}

/** Lets channels refuse posts or their history as planned, and take them again, one channel at a time. */
export class ChannelNemesis {
  readonly #discord: LocalDiscord;
  readonly #plan: readonly Trouble[];
  readonly #history: History;
  #present: Trouble | undefined;
  readonly counts: Partial<Record<TroubleKind, number>> = {};

  constructor(discord: LocalDiscord, plan: readonly Trouble[], history: History) {
    this.#discord = discord;
    this.#plan = plan;
    this.#history = history;
  }

  /**
   * Resolves once every planned trouble is over, or soon after the signal aborts. All channels work then.
   *
   * @param reached Waits until a number of kills is done.
   */
  async run(reached: KillsReached, signal: AbortSignal): Promise<void> {
    for (const trouble of this.#plan) {
      const { kind, channel, pause } = trouble;
      await reached(pause.afterKills, signal);
      if (signal.aborted) return;
      this.#note(trouble, 'begins');
      const end = begin[kind](this.#discord, channel);
      await delay(pause.lengthMs, undefined, { ref: false });
      end();
      this.#note(trouble, 'ends');
    }
  }

  /** Returns what the present trouble makes of a request; undefined for what the channel itself answers. */
  faultOf({ method, path }: IncomingRequest): Fault | undefined {
    if (this.#present === undefined) return undefined;
    const { kind, channel } = this.#present;
    if (kind === 'unknown' && path.startsWith(`/channels/${channel}`)) return unknown;
    if (kind === 'history-refused' && method === 'GET' && path === `/channels/${channel}/messages`) return refused;
    return undefined;
  }

  #note(trouble: Trouble, event: 'begins' | 'ends'): void {
    const { kind, channel } = trouble;
    this.#present = event === 'begins' ? trouble : undefined;
    if (event === 'begins') this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    this.#history.write({ event: `trouble ${event}`, kind, channel });
  }
}
