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
    if (choice === 'stop') return this.#stop(interaction);
    if (choice === 'no') return close(interaction, 'Nothing was forgotten.');
    if (expiresAt.getTime() < systemClock.now()) {
      return close(interaction, 'This question is too old: nothing was forgotten. Ask again with `/seen purge`.');
    }
    if (!(await isAdmin(interaction))) return close(interaction, notAdmin);
    await this.#purge(interaction, answer);
  }

  /** The purge itself says what became of it, unless a restart of the bot has ended it. */
  async #stop(interaction: ButtonInteraction): Promise<void> {
    const running = this.#running.get(interaction.message.id);
    if (running === undefined) return close(interaction, `⏹️ This purge no longer runs. ${rest}`);
    running.abort();
  }

  async #purge(interaction: ButtonInteraction, answer: PurgeAnswer): Promise<void> {
    const { seen, logger } = this.container;
    const { userId, olderThan } = answer;
    if (this.#running.has(interaction.message.id)) return;
    const stop = new AbortController();
    this.#running.set(interaction.message.id, stop);
    const { deleted, finished } = await withProgress(
      (onProgress) => seen.purge({ olderThan, signal: stop.signal, onProgress }),
      (done) => interaction.editReply(purgeProgress(answer, done)),
      (error) => logger.warn('seen_purge_progress_failed', { user_id: userId, error }),
    ).finally(() => this.#running.delete(interaction.message.id));
    logger.info('seen_purged', { user_id: userId, older_than: olderThan, deleted, finished });
    await close(
      interaction,
      finished ? `✅ Forgot ${idsIn(deleted)}.` : `⏹️ Stopped: forgot ${idsIn(deleted)}. ${rest}`,
    );
  }
}

/** Ends the question: what stands in its place has no buttons. */
async function close(interaction: ButtonInteraction, content: string): Promise<void> {
  await interaction.editReply({ content, components: [] });
}
