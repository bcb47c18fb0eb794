import { commandText } from '../../../commands/command-option.ts';
import { holdQuestion } from '../../../commands/views/hold-question.ts';
import type { Hold } from '../../../store/contract/holds.ts';
import { QuestionKeeper, type QuestionContext } from './keep-asked.ts';

/** Channels in which a question is tried in one cycle, at most: each refusal counts towards the ban of the machine. */
const MAX_CHANNELS = 5;

/** The places in which an admin may see a question. */
export interface Channels {
  /** The channel that the bot's owner named. */
  readonly admin: string | undefined;
  /** The channels of the held items, those of the newest first. */
  readonly posting: readonly string[];
}

/**
 * Keeps one question about a held batch asked, each time it is called: in the channel for admins, or else where the
 * items would be posted. What does not get through is tried again by the next call.
 *
 * @param listed Items in the batch, for the text.
 * @throws {FeedUnauthorizedError} when Discord refuses the bot token.
 */
export async function askAboutHold(
  context: QuestionContext,
  hold: Hold,
  listed: number,
  channels: Channels,
): Promise<void> {
  if (hold.decision !== null) return;
  const keeper = new QuestionKeeper(context, hold, holdQuestion(hold, listed));
  for (const channelId of channelsToAsk(hold, channels).slice(0, MAX_CHANNELS)) {
    const standing = await keeper.keepAsked(channelId);
    if (standing === 'unknown') return;
    if (standing === 'unreachable') continue;
    const others = hold.questions.filter((question) => question.channelId !== channelId);
    for (const question of others) await keeper.takeBack(question);
    return;
  }
  if (isAskedElsewhere(hold, channels)) return;
  const hint = `Decide with ${commandText('hold')}, or set adminChannelId to a channel in which the bot may post.`;
  context.logger.error('feed_flood_unasked', { feed: hold.feed, hold: hold.id, hint });
}

/**
 * Where admins have a channel, the public ones are the last resort: nobody is asked there twice about the same hold.
 * Elsewhere the question stays in the channel that it was first asked in.
 */
function channelsToAsk(hold: Hold, channels: Channels): string[] {
  const { admin, posting } = channels;
  const asked = hold.questions.map(({ channelId }) => channelId);
  if (admin === undefined) return [...new Set([...asked, ...posting])];
  return isAskedElsewhere(hold, channels) ? [admin] : [...new Set([admin, ...posting])];
}

/** True when the question stands outside of the channel for admins. */
function isAskedElsewhere({ questions }: Hold, { admin }: Channels): boolean {
  return admin !== undefined && questions.some(({ channelId }) => channelId !== admin);
}
