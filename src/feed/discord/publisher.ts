import { DiscordAPIError, RESTJSONErrorCodes, Routes, type REST } from 'discord.js';

import { monotonicNow } from '../../store/clock.ts';
import type { SeenLogger } from '../../store/logger.ts';
import { publishPauseMs } from '../backoff.ts';
import { classifyPostError } from './refusals/classify-error.ts';
import { ask, type Sender } from './rest/ask.ts';
import type { ChannelKinds } from './channels/kinds.ts';

/** Messages of one channel that may be published in an hour. */
const LIMIT = 10;
const HOUR_MS = 3_600_000;
/** Messages of one channel that wait to be published, at most: the work of ten hours. */
const MAX_WAITING = 100;
const MAX_TRIES = 5;

export interface PublisherContext extends Sender {
  readonly kinds: ChannelKinds;
  readonly logger: SeenLogger;
  readonly feed: { readonly name: string };
}

interface Unpublished {
  readonly messageId: string;
  tries: number;
}

/** When the requests of the last hour left, by channel. The feeds of a bot share the limit of a channel. */
const requestTimes = new WeakMap<REST, Map<string, number[]>>();

/**
 * Publishes posts of announcement channels to the channels that follow them. No post waits for it, and none is made again
 * because of it: what is over Discord's limit is published later, while the process lives.
 */
export class Publisher {
  readonly #context: PublisherContext;
  readonly #queues = new Map<string, Unpublished[]>();

  constructor(context: PublisherContext) {
    this.#context = context;
  }

  /** Has the message published, soon or once the limit allows it. Where too many wait, the oldest is left unpublished. */
  publish(channelId: string, messageId: string): void {
    const queue = this.#queues.get(channelId) ?? [];
    this.#queues.set(channelId, queue);
    queue.push({ messageId, tries: 0 });
    if (queue.length === 1) this.#start(channelId, queue);
    // The first one is being published.
    if (queue.length > MAX_WAITING + 1) this.#drop(channelId, queue.splice(1, 1));
  }

  #start(channelId: string, queue: Unpublished[]): void {
    const { logger, feed } = this.#context;
    this.#work(channelId, queue).catch((error: unknown) => {
      logger.error('feed_publisher_failed', { feed: feed.name, channel_id: channelId, error });
    });
  }

  #drop(channelId: string, dropped: readonly Unpublished[]): void {
    for (const post of dropped)
      this.#report(channelId, post, false, new Error(`${MAX_WAITING} newer messages wait to be published as well`));
  }

  async #work(channelId: string, queue: Unpublished[]): Promise<void> {
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      const pauseMs = await this.#tryToPublish(channelId, next, queue);
      if (pauseMs === undefined) queue.shift();
      else await this.#pause(channelId, queue, pauseMs);
    }
  }

  /** @returns The pause before another try, in milliseconds; undefined when there is to be none. */
  async #tryToPublish(
    channelId: string,
    post: Unpublished,
    queue: readonly Unpublished[],
  ): Promise<number | undefined> {
    post.tries += 1;
    try {
      if (!(await this.#context.kinds.find(channelId)).isAnnouncement) return undefined;
      await this.#waitForRoom(channelId, queue);
      const route = Routes.channelMessageCrosspost(channelId, post.messageId);
      await ask(this.#context, (rest, signal) => rest.post(route, { signal }));
      return undefined;
    } catch (error) {
      return this.#failed(channelId, post, error);
    }
  }

  /** Waits until another request is within the limit, and counts that request. */
  async #waitForRoom(channelId: string, queue: readonly Unpublished[]): Promise<void> {
    const { rest, clock } = this.#context;
    const requestedAt = timesOf(rest, channelId);
    for (;;) {
      const waitMs = untilFree(requestedAt, monotonicNow(clock));
      if (waitMs <= 0) break;
      await this.#pause(channelId, queue, waitMs);
    }
    requestedAt.push(monotonicNow(clock));
  }

  #failed(channelId: string, post: Unpublished, error: unknown): number | undefined {
    if (isAlreadyPublished(error)) return undefined;
    const isOver = classifyPostError(error) !== 'later' || post.tries >= MAX_TRIES;
    this.#report(channelId, post, !isOver, error);
    return isOver ? undefined : publishPauseMs(post.tries);
  }

  #report(channelId: string, { messageId }: Unpublished, triesAgain: boolean, error: unknown): void {
    const { logger, feed } = this.#context;
    const fields = { feed: feed.name, channel_id: channelId, message_id: messageId, tries_again: triesAgain, error };
    logger.warn('feed_publish_failed', fields);
  }

  async #pause(channelId: string, { length: waiting }: readonly Unpublished[], waitMs: number): Promise<void> {
    const { clock, logger, feed } = this.#context;
    const next_at = new Date(clock.now() + waitMs);
    logger.info('feed_publish_waits', { feed: feed.name, channel_id: channelId, waiting, next_at });
    await clock.sleep(waitMs, undefined, { ref: false });
  }
}

function isAlreadyPublished(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.code === RESTJSONErrorCodes.ThisMessageWasAlreadyCrossposted;
}

function timesOf(rest: REST, channelId: string): number[] {
  const channels = requestTimes.get(rest) ?? new Map<string, number[]>();
  requestTimes.set(rest, channels);
  const times = channels.get(channelId) ?? [];
  channels.set(channelId, times);
  return times;
}

/** Milliseconds until another request is within the limit. Drops the requests that no longer count. */
function untilFree(requestedAt: number[], now: number): number {
  while (requestedAt[0] !== undefined && requestedAt[0] <= now - HOUR_MS) requestedAt.shift();
  const oldest = requestedAt.at(-LIMIT);
  return oldest === undefined ? 0 : oldest + HOUR_MS - now;
}
