import { InteractionHandler, InteractionHandlerTypes, type Option } from '@sapphire/framework';
import type { ButtonInteraction } from 'discord.js';

import { systemClock } from '../store/clock.ts';
import { isAdmin, notAdmin } from './admins.ts';
import { answerPrivately } from './answer.ts';
import { explain } from './explain.ts';
import { withProgress } from './purge-progress.ts';
import { idsIn, parsePurgeAnswer, purgeProgress, type PurgeAnswer } from './purge-question.ts';

const rest = 'Ask again with `/seen purge` for the rest.';

/** The answer to the question that `/seen purge` asks. */
export class PurgeButton extends InteractionHandler {
  /** By the message that asked, in the process that was asked: a channel stays with its shard. */
  readonly #running = new Map<string, AbortController>();

  constructor(context: InteractionHandler.LoaderContext, options: InteractionHandler.Options) {
    super(context, { ...options, interactionHandlerType: InteractionHandlerTypes.Button });
  }

  override parse(interaction: ButtonInteraction): Option<PurgeAnswer> {
    const answer = parsePurgeAnswer(interaction.customId);
    return answer === undefined ? this.none() : this.some(answer);
  }

  override async run(interaction: ButtonInteraction, answer: PurgeAnswer): Promise<void> {
    try {
      await this.#act(interaction, answer);
    } catch (error) {
      this.container.logger.error('seen_purge_failed', { user_id: interaction.user.id, error });
      await answerPrivately(interaction, { content: explain(error) });
    }
  }

  /** Deferred before anything that takes time: Discord waits for three seconds. */
  async #act(interaction: ButtonInteraction, answer: PurgeAnswer): Promise<void> {
    const { choice, userId, expiresAt } = answer;
    if (interaction.user.id !== userId) {
      return answerPrivately(interaction, { content: `Only <@${userId}>, who asked, may answer.` });
    }
    await interaction.deferUpdate();
    const running = this.#running.get(interaction.message.id);
    if (running !== undefined) return choice === 'yes' ? undefined : running.abort();
    if (choice === 'stop') return close(interaction, `⏹️ This purge no longer runs. ${rest}`);
    if (choice === 'no') return close(interaction, 'Nothing was forgotten.');
    if (expiresAt.getTime() < systemClock.now()) {
      return close(interaction, 'This question is too old: nothing was forgotten. Ask again with `/seen purge`.');
    }
    if (!(await isAdmin(interaction))) return close(interaction, notAdmin);
    await this.#purge(interaction, answer);
  }

  /** Only this says what became of the purge; who stops it does not. */
  async #purge(interaction: ButtonInteraction, answer: PurgeAnswer): Promise<void> {
    const stop = new AbortController();
    this.#running.set(interaction.message.id, stop);
    try {
      await interaction.editReply(purgeProgress(answer, 0));
      await close(interaction, await this.#forget(interaction, answer, stop.signal));
    } catch (error) {
      this.container.logger.error('seen_purge_failed', { user_id: answer.userId, error });
      await close(interaction, explain(error));
    } finally {
      this.#running.delete(interaction.message.id);
    }
  }

  async #forget(interaction: ButtonInteraction, answer: PurgeAnswer, signal: AbortSignal): Promise<string> {
    const { seen, logger } = this.container;
    const { userId, olderThan } = answer;
    const { deleted, finished } = await withProgress(
      (onProgress) => seen.purge({ olderThan, signal, onProgress }),
      (done) => interaction.editReply(purgeProgress(answer, done)),
      (error) => logger.warn('seen_purge_progress_failed', { user_id: userId, error }),
    );
    logger.info('seen_purged', { user_id: userId, older_than: olderThan, deleted, finished });
    return finished ? `✅ Forgot ${idsIn(deleted)}.` : `⏹️ Stopped: forgot ${idsIn(deleted)}. ${rest}`;
  }
}

/** Ends the question: what stands in its place has no buttons. */
async function close(interaction: ButtonInteraction, content: string): Promise<void> {
  await interaction.editReply({ content, components: [] });
}
