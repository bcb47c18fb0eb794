import { holdQuestion } from '../../commands/views/hold-question.ts';
import type { Hold } from '../../store/contract/holds.ts';
import type { SeenLogger } from '../../store/logger.ts';
import type { SeenStore } from '../../store/contract/seen-store.ts';
import { FeedUnauthorizedError } from '../errors.ts';
import { send, type Sender } from './send.ts';
import { judge } from './verdict.ts';

export interface Asker extends Sender {
  readonly store: Pick<SeenStore, 'holds'>;
  readonly logger: SeenLogger;
}

/**
 * Asks what is to become of a held batch. A question that does not get through is asked again with the next batch.
 *
 * @throws {FeedUnauthorizedError} when the token no longer counts.
 */
export async function askAboutHold(asker: Asker, hold: Hold, listed: number, channelId: string): Promise<void> {
  const key = `hold:${hold.feed}:${hold.id}:${hold.createdAt.getTime()}`;
  const answer = await send(asker, key, channelId, holdQuestion(hold, listed));
  const verdict = 'messageId' in answer ? 'posted' : judge(answer.error);
  if ('error' in answer) {
    if (verdict === 'unauthorized') throw new FeedUnauthorizedError({ cause: answer.error });
    asker.logger.error('feed_flood_question_failed', { feed: hold.feed, channel_id: channelId, error: answer.error });
  }
  if (verdict === 'posted') await asker.store.holds.markAsked(hold.id);
}
