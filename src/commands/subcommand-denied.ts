import { Listener, type UserError } from '@sapphire/framework';
import type { ChatInputSubcommandDeniedPayload } from '@sapphire/plugin-subcommands';

import { answerPrivately } from './answer.ts';
import { SeenCommand } from './seen.ts';

/** A precondition of the bot's own may deny `/seen`. Without an answer the user sees "did not respond". */
export class SubcommandDenied extends Listener {
  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    super(context, { ...options, event: 'chatInputSubcommandDenied' });
  }

  override async run(
    { message }: UserError,
    { command, interaction }: ChatInputSubcommandDeniedPayload,
  ): Promise<void> {
    if (command instanceof SeenCommand) await answerPrivately(interaction, { content: message });
  }
}
