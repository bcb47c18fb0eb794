import { Events, Listener, type ChatInputCommandDeniedPayload, type UserError } from '@sapphire/framework';

import { answerDenied } from './denied.ts';
import { SeenCommand } from './seen.ts';

/** A precondition of the bot's own, for all of its commands, may deny `/seen`. */
export class CommandDenied extends Listener<typeof Events.ChatInputCommandDenied> {
  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    super(context, { ...options, event: Events.ChatInputCommandDenied });
  }

  override async run(error: UserError, { command, interaction }: ChatInputCommandDeniedPayload): Promise<void> {
    if (command instanceof SeenCommand) await answerDenied(this, interaction, error);
  }
}
