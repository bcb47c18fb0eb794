import { InteractionHandler, InteractionHandlerTypes, type Option } from '@sapphire/framework';
import type { ButtonInteraction } from 'discord.js';

import { requireSeenStore } from '../../container/require-seen-store.ts';
import { pluginLogger } from '../../log/plugin-logger.ts';
import { systemClock } from '../../store/clock.ts';
import { deferUpdate } from '../acknowledge.ts';
import { isAdmin, notAdminMessage } from '../admins.ts';
import { commandText } from '../command-option.ts';
import { replaceMessage, replyPrivately } from '../private-reply.ts';
import { withProgress } from '../progress.ts';
import { userMessage } from '../user-message.ts';
import { formatIds, parsePurgeButton, purgeProgress, type PurgeAnswer } from '../views/purge-question.ts';

/** The buttons below the question of `/seen purge`: they start, stop or cancel a purge. */
export class PurgeButton extends InteractionHandler {
  /** The purges that run, by the id of their message. A channel belongs to one shard, so all of them are here. */
  readonly #running = new Map<string, AbortController>();

  constructor(context: InteractionHandler.LoaderContext, options: InteractionHandler.Options) {
    super(context, { ...options, interactionHandlerType: InteractionHandlerTypes.Button });
  }

  override parse(interaction: ButtonInteraction): Option<PurgeAnswer> {
    const answer = parsePurgeButton(interaction.customId);
    return answer === undefined ? this.none() : this.some(answer);
  }

  override async run(interaction: ButtonInteraction, answer: PurgeAnswer): Promise<void> {
    try {
      await this.#act(interaction, answer);
    } catch (error) {
      pluginLogger().error('seen_purge_failed', { user_id: interaction.user.id, error });
      await replyPrivately(interaction, { content: userMessage(error) });
    }
  }

  /** Defers before anything that takes time: Discord waits for three seconds. */
  async #act(interaction: ButtonInteraction, answer: PurgeAnswer): Promise<void> {
    const { choice, userId, expiresAt } = answer;
    if (interaction.user.id !== userId) {
      return replyPrivately(interaction, { content: `Only <@${userId}>, who asked, may answer.` });
    }
    if (!(await deferUpdate(interaction))) return undefined;
    const running = this.#running.get(interaction.message.id);
    if (running !== undefined) return choice === 'yes' ? undefined : running.abort();
    if (choice === 'stop') return close(interaction, `⏹️ This purge is no longer running. ${askAgain()} for the rest.`);
    if (choice === 'no') return close(interaction, 'Nothing was forgotten.');
    if (expiresAt.getTime() < systemClock.now()) {
      return close(interaction, `This question has expired, and nothing was forgotten. ${askAgain()}.`);
    }
    return this.#purge(interaction, answer);
  }

  /** Shows the progress and then the result of the purge. The button that stops it shows nothing. */
  async #purge(interaction: ButtonInteraction, answer: PurgeAnswer): Promise<void> {
    const stop = new AbortController();
    this.#running.set(interaction.message.id, stop);
    let outcome: string;
    try {
      outcome = (await isAdmin(interaction)) ? await this.#forget(interaction, answer, stop.signal) : notAdminMessage;
    } catch (error) {
      pluginLogger().error('seen_purge_failed', { user_id: answer.userId, error });
      outcome = userMessage(error);
    } finally {
      this.#running.delete(interaction.message.id);
    }
    await close(interaction, outcome);
  }

  /** Whatever becomes of the messages, the ids are forgotten, and that is logged. */
  async #forget(interaction: ButtonInteraction, answer: PurgeAnswer, signal: AbortSignal): Promise<string> {
    const logger = pluginLogger();
    const store = requireSeenStore();
    const { userId, olderThan } = answer;
    const onShowError = (error: unknown): void => logger.warn('seen_purge_progress_failed', { user_id: userId, error });
    const show = (done: number): Promise<unknown> => interaction.editReply(purgeProgress(answer, done));
    await show(0).catch(onShowError);
    const { deleted, finished } = await withProgress(
      (onProgress) => store.purge({ olderThan, signal, onProgress }),
      show,
      onShowError,
    );
    logger.info('seen_purged', { user_id: userId, older_than: olderThan, deleted, finished });
    if (finished) return `✅ Forgot ${formatIds(deleted)}.`;
    return `⏹️ Stopped: forgot ${formatIds(deleted)}. ${askAgain()} for the rest.`;
  }
}

function askAgain(): string {
  return `Ask again with ${commandText('purge')}`;
}

/** Replaces the question by its outcome, without buttons. */
function close(interaction: ButtonInteraction, content: string): Promise<void> {
  return replaceMessage(interaction, { content, components: [] });
}
