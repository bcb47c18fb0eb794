import { InteractionHandler, InteractionHandlerTypes, type Option } from '@sapphire/framework';
import type { ButtonInteraction } from 'discord.js';

import type { HoldDecision } from '../store/contract/holds.ts';
import { isAdmin, notAdmin } from './admins.ts';
import { answerPrivately } from './answer.ts';
import { explain } from './explain.ts';
import { parseHoldButton } from './hold-question.ts';

interface HoldAnswer {
  readonly id: number;
  readonly decision: HoldDecision;
}

/** The answer to the question that the flood breaker asks. */
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
      await answerPrivately(interaction, { content: explain(error) });
    }
  }

  /** Deferred before anything that takes time: Discord waits for three seconds. */
  async #act(interaction: ButtonInteraction, { id, decision }: HoldAnswer): Promise<void> {
    await interaction.deferUpdate();
    if (!(await isAdmin(interaction))) return answerPrivately(interaction, { content: notAdmin });
    const hold = await this.container.seen.holds.decide(id, decision, interaction.user.id);
    if (hold === null) return answerPrivately(interaction, { content: 'This batch is no longer held.' });
    this.container.logger.info('seen_hold_decided', { hold: id, decision: hold.decision, user_id: hold.decidedBy });
    const what = hold.decision === 'post' ? 'posted' : 'marked as seen without a post';
    const number = hold.ids.length.toLocaleString('en');
    await interaction.editReply({
      content: `The ${number} items of \`${hold.feed}\` are ${what} with the next cycle, as <@${hold.decidedBy}> decided.`,
      components: [],
      allowedMentions: { parse: [] },
    });
  }
}
