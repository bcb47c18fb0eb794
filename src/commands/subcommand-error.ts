import { Listener } from '@sapphire/framework';
import type { ChatInputSubcommandErrorPayload } from '@sapphire/plugin-subcommands';

import { answerPrivately } from './answer.ts';
import { explain } from './explain.ts';
import { SeenCommand } from './seen.ts';

/** Whatever a subcommand throws gets an answer. The plugin for subcommands logs the error besides. */
export class SubcommandError extends Listener {
  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    super(context, { ...options, event: 'chatInputSubcommandError' });
  }

  override async run(error: unknown, { command, interaction }: ChatInputSubcommandErrorPayload): Promise<void> {
    if (command instanceof SeenCommand) await answerPrivately(interaction, { content: explain(error) });
  }
}
