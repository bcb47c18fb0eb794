import { commandText } from '../../../commands/command-option.ts';
import { withTimeLimit } from '../../../store/clock.ts';
import type { ResolvedContext } from '../../context.ts';
import type { Feed } from '../../feed.ts';
import { isStoreFault } from '../../progress/store-faults.ts';
import type { ChannelBreaker } from './breaker.ts';
import { checkChannel } from './check-channel.ts';
import { RefusalStreaks, type Streak } from './refusal-streaks.ts';

/** Failures in a row that prove, after a restart for example, that the channel's trouble goes on. */
const PROOF = 3;
/** The streak of a refusal while the store fails. It gives up no channel. */
const NOT_COUNTED: Streak = { count: 0, ageMs: 0 };
/** The item waits while its channel is looked at. */
const CHECK_LIMIT_MS = 10_000;

export interface TroublesContext extends Pick<
  ResolvedContext<unknown>,
  'rest' | 'store' | 'clock' | 'logger' | 'options' | 'incidents'
> {
  readonly feed: Pick<Feed<unknown, unknown>, 'name' | 'thread'>;
}

/**
 * Follows the troubles of channels. Where a channel takes no posts at all, because it is gone or the bot may not post
 * there, it says once what is wrong, gives the channel up after a while, and says once that it works again. The beginning
 * is kept in the store, over restarts.
 */
export class ChannelTroubles {
  readonly #context: TroublesContext;
  readonly #breaker: ChannelBreaker;
  readonly #streaks: RefusalStreaks;
  /** Times at which the channels that refuse posts began to, in milliseconds since the Unix epoch. */
  readonly #refusingSince = new Map<string, number>();
  readonly #givenUp = new Set<string>();
  /** Channels whose history cannot be read. */
  readonly #hidden = new Set<string>();

  constructor(context: TroublesContext, breaker: ChannelBreaker) {
    this.#context = context;
    this.#breaker = breaker;
    this.#streaks = new RefusalStreaks(context);
  }

  /** Records that a post failed through trouble of Discord's or the network's. It gives up no channel. */
  async recordTrouble(channelId: string, reason: string): Promise<void> {
    this.#context.incidents.failing({ kind: 'channel', channelId }, reason);
    await this.#streaks.interrupt(channelId);
  }

  /** Records that a post failed because the channel takes none. */
  async recordRefusal(channelId: string, reason: string): Promise<void> {
    const { incidents, clock, options } = this.#context;
    incidents.failing({ kind: 'channel', channelId }, reason);
    const isNew = !this.#refusingSince.has(channelId);
    const { count, ageMs } = await this.#extendStreak(channelId, reason);
    const since = clock.now() - ageMs;
    this.#refusingSince.set(channelId, since);
    if (isNew) await this.#report(channelId, reason);
    if (ageMs >= options.giveUpChannelAfterMs && count >= PROOF) this.#giveUp(channelId, reason, since);
  }

  /** Records that the channel took a post. */
  async recordSuccess(channelId: string): Promise<void> {
    const { incidents, logger, feed } = this.#context;
    incidents.working({ kind: 'channel', channelId });
    await this.#streaks.end(channelId);
    const since = this.#refusingSince.get(channelId);
    if (since === undefined) return;
    this.#refusingSince.delete(channelId);
    this.#givenUp.delete(channelId);
    logger.info('feed_channel_works', { feed: feed.name, channel_id: channelId, failed_since: new Date(since) });
  }

  /** Records that the channel's history cannot be read. Logged once, until it can. */
  recordHiddenHistory(channelId: string, reason: string): void {
    if (this.#hidden.has(channelId)) return;
    this.#hidden.add(channelId);
    const { logger, feed } = this.#context;
    const hint =
      'Items wait until the bot can find out there whether they were posted. Give it the permissions View Channel and ' +
      'Read Message History in the channel.';
    logger.error('feed_channel_history_hidden', { feed: feed.name, channel_id: channelId, reason, hint });
  }

  /** Records that the channel's history was read. */
  recordReadHistory(channelId: string): void {
    this.#hidden.delete(channelId);
  }

  /** While the store fails, this process remembers. */
  async #extendStreak(channelId: string, reason: string): Promise<Streak> {
    try {
      return await this.#streaks.extend(channelId, reason);
    } catch (error) {
      if (!isStoreFault(error)) throw error;
      const { logger, feed } = this.#context;
      logger.warn('feed_channel_trouble_not_kept', { feed: feed.name, channel_id: channelId, error });
      return NOT_COUNTED;
    }
  }

  async #report(channelId: string, reason: string): Promise<void> {
    const { logger, feed } = this.#context;
    const problems = await this.#problems(channelId);
    logger.error('feed_channel_unusable', { feed: feed.name, channel_id: channelId, reason, ...problems });
  }

  /** The refusal tells less than a look at the channel does, but is enough where that fails. */
  async #problems(channelId: string): Promise<object> {
    const { rest, clock, feed } = this.#context;
    try {
      const asForumPosts = feed.thread !== undefined;
      const check = (): Promise<readonly string[]> => checkChannel(rest, channelId, { asForumPosts, clock });
      return { problems: await withTimeLimit({ clock, limitMs: CHECK_LIMIT_MS, expired }, check) };
    } catch (error) {
      return { check_error: error };
    }
  }

  #giveUp(channelId: string, reason: string, since: number): void {
    if (this.#givenUp.has(channelId)) return;
    this.#givenUp.add(channelId);
    const failed_since = new Date(since);
    this.#breaker.giveUp(channelId, `given up, after no post since ${failed_since.toISOString()}: ${reason}`);
    const { logger, feed } = this.#context;
    const hint = `Its items become dead letters, which ${commandText('retry')} posts once the channel works.`;
    logger.error('feed_channel_given_up', { feed: feed.name, channel_id: channelId, reason, failed_since, hint });
  }
}

function expired(): Error {
  return new Error(`not checked within ${CHECK_LIMIT_MS / 1000} s`);
}
