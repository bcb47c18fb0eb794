import { InteractionHandler, InteractionHandlerTypes, type Option } from '@sapphire/framework';
import { Routes, type ButtonInteraction } from 'discord.js';

import { pluginLogger } from '../../log/plugin-logger.ts';
import { deferUpdate } from '../acknowledge.ts';
import { isAdmin, notAdminMessage } from '../admins.ts';
import { commandText } from '../command-option.ts';
import { decideHold } from '../decide-hold.ts';
import { replyPrivately, silent } from '../private-reply.ts';
import { userMessage } from '../user-message.ts';
import { holdDecided, parseHoldButton, type HoldAnswer, type QuestionBody } from '../views/hold-question.ts';

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
      // Before anything that takes time: Discord waits for three seconds.
      if (await deferUpdate(interaction)) await this.#act(interaction, answer);
    } catch (error) {
      pluginLogger().error('seen_hold_decision_failed', { hold: answer.name, error });
      await this.#tell(interaction, userMessage(error));
    }
  }

  async #act(interaction: ButtonInteraction, { name, decision }: HoldAnswer): Promise<void> {
    if (!(await isAdmin(interaction))) return this.#tell(interaction, notAdminMessage);
    if (name === null) return this.#tell(interaction, oldButtonMessage());
    const decided = await decideHold(name, decision, interaction.user.id);
    if (decided === null) return this.#tell(interaction, unknownMessage());
    const outcome = holdDecided(decided.hold);
    const isShown = await this.#replaceQuestion(interaction, outcome);
    if (!decided.isNew) return this.#tell(interaction, `This was decided before. ${contentOf(outcome)}`);
    if (!isShown || isReplyAwaited(interaction)) await this.#tell(interaction, contentOf(outcome));
    return undefined;
  }

  /**
   * Replaces the question by its outcome: in answer to the interaction, or else as an edit of the bot's own message.
   * Where neither works, the next cycle of the feed tries again.
   */
  async #replaceQuestion(interaction: ButtonInteraction, outcome: QuestionBody): Promise<boolean> {
    const logger = pluginLogger();
    const { client } = this.container;
    const route = Routes.channelMessage(interaction.channelId, interaction.message.id);
    const asAnswer = () => interaction.editReply(silent({ content: contentOf(outcome), components: [] }));
    const asAuthor = () => client.rest.patch(route, { body: outcome });
    // A reply that was deferred or made before is a message of its own.
    const isAnswerable = interaction.deferred && !interaction.replied && !isReplyAwaited(interaction);
    let lastError: unknown;
    for (const edit of isAnswerable ? [asAnswer, asAuthor] : [asAuthor]) {
      try {
        await edit();
        return true;
      } catch (error) {
        lastError = error;
      }
    }
    logger.warn('seen_hold_question_stays', { message_id: interaction.message.id, error: lastError });
    return false;
  }

  /** Tells the user, if that is possible: the decision stands in either case. */
  async #tell(interaction: ButtonInteraction, content: string): Promise<void> {
    try {
      await replyPrivately(interaction, { content });
    } catch (error) {
      pluginLogger().warn('seen_hold_reply_failed', { user_id: interaction.user.id, content, error });
    }
  }
}

function oldButtonMessage(): string {
  return (
    'This question is from an older version of the bot, and its buttons no longer decide anything. Use the buttons of ' +
    `the latest question, or ${commandText('hold')}.`
  );
}

function unknownMessage(): string {
  return `This batch is no longer held, or the database was replaced. ${commandText('hold')} lists what is held now.`;
}

function contentOf({ content }: QuestionBody): string {
  return content ?? '';
}

/** True when a reply was deferred, so that the user sees "thinking…" until there is one. */
function isReplyAwaited({ deferred, replied, ephemeral }: ButtonInteraction): boolean {
  return deferred && !replied && ephemeral !== null;
}
