import { InteractionHandler, InteractionHandlerTypes, type Option } from '@sapphire/framework';
import type { ButtonInteraction } from 'discord.js';

import { isAdmin, notAdminMessage } from '../admins.ts';
import { replyPrivately } from '../private-reply.ts';
import { userMessage } from '../user-message.ts';
import { parseHoldButton, type HoldAnswer } from '../views/hold-question.ts';

/** The buttons below the question of the flood breaker: they decide about a hold. */
export class HoldButton extends InteractionHandler {
  constructor(context: InteractionHandler.LoaderContext, options: InteractionHandler.Options) {
    super(context, { ...options, interactionHandlerType: InteractionHandlerTypes.Button });
  }

  override parse(interaction: ButtonInteraction): Option<HoldAnswer> {
    const answer = parseHoldButton(interaction.customId);
    return answer === undefined ? this.none() : this.some(answer);
  }

  override async run(interaction: ButtonInteraction, answer: HoldAnswer): Promise<void> {
    try {
      await this.#act(interaction, answer);
    } catch (error) {
      this.container.logger.error('seen_hold_decision_failed', { hold: answer.id, error });
      await replyPrivately(interaction, { content: userMessage(error) });
    }
  }

  /** Defers before anything that takes time: Discord waits for three seconds. */
  async #act(interaction: ButtonInteraction, { id, decision }: HoldAnswer): Promise<void> {
    await interaction.deferUpdate();
    if (!(await isAdmin(interaction))) return replyPrivately(interaction, { content: notAdminMessage });
    const hold = await this.container.seen.holds.decide(id, decision, interaction.user.id);
    if (hold === null) return replyPrivately(interaction, { content: 'This batch is no longer held.' });
    this.container.logger.info('seen_hold_decided', { hold: id, decision: hold.decision, user_id: hold.decidedBy });
    const fate = hold.decision === 'post' ? 'posted' : 'marked as seen without a post';
    const number = hold.ids.length.toLocaleString('en');
    await interaction.editReply({
      content: `The ${number} items of \`${hold.feed}\` will be ${fate} in the next cycle, as <@${hold.decidedBy}> decided.`,
      components: [],
      allowedMentions: { parse: [] },
    });
  }
}
