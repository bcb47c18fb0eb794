import { Events, Listener, type ChatInputCommandErrorPayload } from '@sapphire/framework';

import { replyPrivately } from '../private-reply.ts';
import { SeenCommand } from '../seen.ts';
import { userMessage } from '../user-message.ts';

/** Tells the user about an error before the subcommand: of a precondition, for example. Sapphire logs it. */
export class CommandError extends Listener<typeof Events.ChatInputCommandError> {
  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    super(context, { ...options, event: Events.ChatInputCommandError });
  }

  override async run(error: unknown, { command, interaction }: ChatInputCommandErrorPayload): Promise<void> {
    if (command instanceof SeenCommand) await replyPrivately(interaction, { content: userMessage(error) });
  }
}
