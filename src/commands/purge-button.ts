import { InteractionHandler, InteractionHandlerTypes, type Option } from '@sapphire/framework';
import type { ButtonInteraction } from 'discord.js';

import { systemClock } from '../store/clock.ts';
import { isAdmin, notAdmin } from './admins.ts';
import { answerPrivately } from './answer.ts';
import { explain } from './explain.ts';
import { parsePurgeAnswer, type PurgeAnswer } from './purge-question.ts';

/** The answer to the question that `/seen purge` asks. */
export class PurgeButton extends InteractionHandler {
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
  async #act(interaction: ButtonInteraction, { choice, userId, olderThan, expiresAt }: PurgeAnswer): Promise<void> {
    if (interaction.user.id !== userId) {
      return answerPrivately(interaction, { content: `Only <@${userId}>, who asked, may answer.` });
    }
    await interaction.deferUpdate();
    if (choice === 'no') return close(interaction, 'Nothing was forgotten.');
    if (expiresAt.getTime() < systemClock.now()) {
      return close(interaction, 'This question is too old: nothing was forgotten. Ask again with `/seen purge`.');
    }
    if (!(await isAdmin(interaction))) return close(interaction, notAdmin);
    const { deleted, finished } = await this.container.seen.purge({ olderThan });
    this.container.logger.info('seen_purged', { user_id: userId, older_than: olderThan, deleted, finished });
    const rest = finished ? '' : ' The store closed before the end; ask again for the rest.';
    const ids = `${deleted.toLocaleString('en')} ${deleted === 1 ? 'id' : 'ids'}`;
    await close(interaction, `✅ Forgot ${ids}.${rest}`);
  }
}

/** Ends the question: what stands in its place has no buttons. */
async function close(interaction: ButtonInteraction, content: string): Promise<void> {
  await interaction.editReply({ content, components: [] });
}
