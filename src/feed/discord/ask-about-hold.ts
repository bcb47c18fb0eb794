import { holdQuestion } from '../../commands/views/hold-question.ts';
import type { Hold } from '../../store/contract/holds.ts';
import type { ResolvedContext } from '../context.ts';
import { FeedUnauthorizedError } from '../errors.ts';
import { classifyPostError } from './classify-error.ts';
import { send } from './send.ts';

type AskContext = Pick<ResolvedContext<unknown>, 'rest' | 'clock' | 'store' | 'logger'>;

/**
 * Asks what is to become of a held batch, unless that was asked before. A question that does not get through is asked
 * again with the next batch.
 *
 * @param listed Items in the batch, for the text.
 * @throws {FeedUnauthorizedError} when the bot token is no longer valid.
 */
export async function askAboutHold(context: AskContext, hold: Hold, listed: number, channelId: string): Promise<void> {
  if (hold.asked) return;
  const { store, logger } = context;
  const id = `hold:${hold.feed}:${hold.id}:${hold.createdAt.getTime()}`;
  const answer = await send(context, id, channelId, holdQuestion(hold, listed));
  const kind = 'messageId' in answer ? 'posted' : classifyPostError(answer.error);
  if ('error' in answer) {
    if (kind === 'unauthorized') throw new FeedUnauthorizedError({ cause: answer.error });
    logger.error('feed_flood_question_failed', { feed: hold.feed, channel_id: channelId, error: answer.error });
  }
  if (kind === 'posted') await store.holds.markAsked(hold.id);
}
