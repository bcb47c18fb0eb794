import { Listener } from '@sapphire/framework';
import { SubcommandPluginEvents, type ChatInputSubcommandErrorPayload } from '@sapphire/plugin-subcommands';

import { replyPrivately } from '../private-reply.ts';
import { SeenCommand } from '../seen.ts';
import { userMessage } from '../user-message.ts';

/** Tells the user about an error of a subcommand. `@sapphire/plugin-subcommands` logs it. */
export class SubcommandError extends Listener {
  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    super(context, { ...options, event: SubcommandPluginEvents.ChatInputSubcommandError });
  }

  override async run(error: unknown, { command, interaction }: ChatInputSubcommandErrorPayload): Promise<void> {
    if (command instanceof SeenCommand) await replyPrivately(interaction, { content: userMessage(error) });
  }
}
