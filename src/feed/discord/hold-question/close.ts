import { holdCarriedOut } from '../../../commands/views/hold-question.ts';
import type { Hold } from '../../../store/contract/holds.ts';
import type { QuestionContext } from './keep-asked.ts';
import { QuestionMessages } from './question-messages.ts';

/**
 * Puts the outcome in the place of the questions about a hold, whose buttons have done their work. A message that cannot
 * be edited stays as it is: its buttons say that the batch is no longer held.
 *
 * @throws {FeedUnauthorizedError} when Discord refuses the bot token.
 */
export async function closeQuestions(context: QuestionContext, hold: Hold): Promise<void> {
  const messages = new QuestionMessages(context, hold);
  for (const question of hold.questions) {
    const found = await messages.locate(question);
    for (const messageId of found.kind === 'done' ? found.value : []) {
      const edited = await messages.edit(question.channelId, messageId, holdCarriedOut(hold));
      if (edited.kind === 'done' || edited.kind === 'gone') continue;
      const fields = { feed: hold.feed, channel_id: question.channelId, error: edited.error };
      context.logger.warn('feed_flood_question_stays', fields);
    }
  }
}
