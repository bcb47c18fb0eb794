import type { ChannelViews } from './channel-views.ts';
import type { Delays, Excuse, Post } from './delays.ts';

/** An item that was posted after one that comes later in the feed. */
interface Overtaking {
  readonly channel: string;
  readonly late: string;
  readonly early: string;
}

export interface OrderReport {
  /** Items that were overtaken for no reason that the feed's options name. */
  readonly outOfOrder: readonly Overtaking[];
  /** Items that were overtaken for such a reason. */
  readonly overtaken: Readonly<Partial<Record<Excuse, number>>>;
}

/**
 * Checks that the messages of a channel are in the order of the feed, but for items that were overtaken with good
 * reason.
 *
 * @param posts The first post of each item in each channel, in the order of the channel.
 */
export function checkOrder(posts: readonly Post[], delays: Delays, views: ChannelViews): OrderReport {
  const outOfOrder: Overtaking[] = [];
  const overtaken: Partial<Record<Excuse, number>> = {};
  for (const [channel, inChannel] of Map.groupBy(posts, (post) => post.channel))
    for (const [index, late] of inChannel.entries()) {
      const earlier = inChannel.slice(0, index).filter(({ item }) => item > late.item);
      const unexcused = earlier.find((early) => delays.excuseFor(late, early, views) === undefined);
      const [first] = earlier;
      const excuse = first && delays.excuseFor(late, first, views);
      if (unexcused) outOfOrder.push({ channel, late: late.item, early: unexcused.item });
      else if (excuse) overtaken[excuse] = (overtaken[excuse] ?? 0) + 1;
    }
  return { outOfOrder, overtaken };
}
