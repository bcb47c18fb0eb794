import {
  DiscordAPIError,
  DiscordjsError,
  MessageFlags,
  RESTEvents,
  RESTJSONErrorCodes,
  Routes,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type REST,
  type RepliableInteraction,
} from 'discord.js';

import { pluginLogger } from '../log/plugin-logger.ts';
import { systemClock } from '../store/clock.ts';
import { hasCode } from './has-code.ts';

/** Time in which an answer that a listener of the bot's own has sent is confirmed, in milliseconds. */
const CONFIRMATION_MS = 1_000;

/**
 * Defers the reply to a command, which only the user will see, unless a precondition of the bot's has done so.
 *
 * @returns False when this process must do nothing: see {@link answerFirst}.
 */
export async function deferReply(interaction: ChatInputCommandInteraction): Promise<boolean> {
  if (isAnswered(interaction)) return true;
  const first = await answerFirst(interaction, () => interaction.deferReply({ flags: MessageFlags.Ephemeral }), {
    deferred: true,
    ephemeral: true,
  });
  return first !== 'none';
}

/**
 * Defers the update of a button's message, unless something of the bot's has done so.
 *
 * @returns False when this process must do nothing: see {@link answerFirst}.
 */
export async function deferUpdate(interaction: ButtonInteraction): Promise<boolean> {
  if (isAnswered(interaction)) return true;
  return (await answerFirst(interaction, () => interaction.deferUpdate(), { deferred: true })) !== 'none';
}

/**
 * The first answer to an interaction: `given` by this call, or `found` as one that a listener of the bot's own gave.
 * `none` means that nobody waits for this process: it was too late, or another instance of the bot has answered.
 */
type FirstAnswer = 'given' | 'found' | 'none';

/**
 * Gives the first answer to an interaction. Discord takes one. When the answer to that request is lost, discord.js
 * sends it again, is told that there has been one, and takes the interaction for unanswered: the user would look at
 * "thinking…" for 15 minutes. So whoever may have answered goes on as one who has.
 *
 * @param then The state that discord.js notes on the interaction after such an answer.
 * @throws The error of a request that Discord certainly did not apply.
 */
export async function answerFirst(
  interaction: RepliableInteraction,
  answer: () => Promise<unknown>,
  then: Partial<Pick<RepliableInteraction, 'deferred' | 'replied' | 'ephemeral'>>,
): Promise<FirstAnswer> {
  const repeat = watchRepeats(interaction);
  try {
    await answer();
    return 'given';
  } catch (error) {
    if (hasCode(error, RESTJSONErrorCodes.UnknownInteraction)) return tooLate(interaction, error);
    const isRefused = hasCode(error, RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged);
    if (isRefused && !repeat.seen) return await whoAnswered(interaction);
    if (!isRefused && (error instanceof DiscordAPIError || error instanceof DiscordjsError)) throw error;
    Object.assign(interaction, then);
    return 'given';
  } finally {
    repeat.stop();
  }
}

/** A first answer, and whether discord.js has sent it again because the server failed or the connection broke. */
interface Repeat {
  seen: boolean;
}

/** The first answers that are under way, by the path of their requests. */
const underWay = new WeakMap<REST, Map<string, Repeat>>();

function watchRepeats({ client: { rest }, id, token }: RepliableInteraction): Repeat & { stop(): void } {
  const callback = Routes.interactionCallback(id, token);
  const answers = underWay.get(rest) ?? watchAnswers(rest);
  const repeat = { seen: false, stop: () => void answers.delete(callback) };
  answers.set(callback, repeat);
  return repeat;
}

/** One listener serves all interactions of a client: there may be many at once. */
function watchAnswers(rest: REST): Map<string, Repeat> {
  const answers = new Map<string, Repeat>();
  underWay.set(rest, answers);
  rest.on(RESTEvents.Response, ({ path, retries }) => {
    const answer = answers.get(path);
    if (answer !== undefined && retries > 0) answer.seen = true;
  });
  return answers;
}

/** The user has been told that the application did not respond. Doing the work all the same would surprise them. */
function tooLate({ id, user, createdTimestamp }: RepliableInteraction, error: unknown): 'none' {
  const hint =
    'Nothing was done: Discord waits for three seconds. The bot was busy, or the clock or the network is slow.';
  const age_ms = systemClock.now() - createdTimestamp;
  pluginLogger().warn('seen_interaction_expired', { interaction_id: id, user_id: user.id, age_ms, hint, error });
  return 'none';
}

/**
 * Looks whether a listener of the bot's own has answered. One that does not wait for its request comes first unnoticed:
 * discord.js counts an interaction as answered only once Discord has confirmed that.
 */
async function whoAnswered(interaction: RepliableInteraction): Promise<FirstAnswer> {
  if (!isAnswered(interaction)) await systemClock.sleep(CONFIRMATION_MS, undefined, { ref: false });
  if (isAnswered(interaction)) return 'found';
  pluginLogger().debug('seen_interaction_answered_elsewhere', { interaction_id: interaction.id });
  return 'none';
}

function isAnswered({ deferred, replied }: RepliableInteraction): boolean {
  return deferred || replied;
}
