import type { Poster } from '../../discord/poster.ts';
import type { ItemProgress } from '../../progress/item-progress.ts';

/** A job with the channels that it is still to be posted in. */
interface PlannedJob {
  readonly job: { readonly progress: ItemProgress };
  readonly channelIds: readonly string[];
}

/**
 * Lets one other item go before an item that has failed in its channel again and again. Only that tells which of the two
 * is to blame, and it is the one exception from the order of the feed.
 */
export function letOthersTryFirst<Job extends PlannedJob>(
  jobs: readonly Job[],
  poster: Pick<Poster, 'stepsAside'>,
): Job[] {
  const inOrder = [...jobs];
  for (const planned of jobs) {
    const channelId = planned.channelIds.find((id) => poster.stepsAside(planned.job.progress, id));
    if (channelId === undefined) continue;
    const from = inOrder.indexOf(planned);
    const behind = inOrder.slice(from + 1).findIndex(({ channelIds }) => channelIds.includes(channelId));
    if (behind !== -1) inOrder.splice(from + behind + 1, 0, ...inOrder.splice(from, 1));
  }
  return inOrder;
}
