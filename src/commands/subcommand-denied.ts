import { Listener, type UserError } from '@sapphire/framework';
import type { ChatInputSubcommandDeniedPayload } from '@sapphire/plugin-subcommands';

import { answerDenied } from './denied.ts';
import { SeenCommand } from './seen.ts';

/** A precondition of a subcommand, which a class that extends `SeenCommand` may add, may deny. */
export class SubcommandDenied extends Listener {
  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    super(context, { ...options, event: 'chatInputSubcommandDenied' });
  }

  override async run(error: UserError, { command, interaction }: ChatInputSubcommandDeniedPayload): Promise<void> {
    if (command instanceof SeenCommand) await answerDenied(this, interaction, error);
  }
}
