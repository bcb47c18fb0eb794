const FIRST_BACKOFF_MS = 30_000;
const MAX_CHANNEL_PAUSE_MS = 600_000;
const FIRST_PUBLISH_PAUSE_MS = 60_000;

/** The longest pause that an item or a channel ever gets, in milliseconds. */
export const LONGEST_PAUSE_MS = 3_600_000;

/**
 * The pause after a failed attempt, in milliseconds: 30 s, doubled with each attempt up to an hour, and shortened by up
 * to a fifth at random, so that items which failed together are not tried again together.
 *
 * @param attempt 1 for the first.
 */
export function backoffMs(attempt: number): number {
  return shortened(grown(FIRST_BACKOFF_MS, attempt, LONGEST_PAUSE_MS));
}

/**
 * The pause of a channel that takes no posts, in milliseconds. It grows as that of an item does, but only up to ten
 * minutes: the posts go out soon after the channel is well, and one request in ten minutes bans nobody.
 *
 * @param failure 1 for the first.
 */
export function channelPauseMs(failure: number): number {
  return shortened(grown(FIRST_BACKOFF_MS, failure, MAX_CHANNEL_PAUSE_MS));
}

/**
 * The pause after a post could not be published, in milliseconds: a minute, doubled with each failure up to an hour.
 *
 * @param failure 1 for the first.
 */
export function publishPauseMs(failure: number): number {
  return grown(FIRST_PUBLISH_PAUSE_MS, failure, LONGEST_PAUSE_MS);
}

function grown(first: number, count: number, most: number): number {
  return Math.min(first * 2 ** Math.min(count - 1, 20), most);
}

function shortened(pause: number): number {
  return Math.round(pause * (1 - Math.random() / 5));
}
