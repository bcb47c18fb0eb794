import { Listener } from '@sapphire/framework';
import type { ChatInputSubcommandErrorPayload } from '@sapphire/plugin-subcommands';

import { SeenError } from '../store/errors.ts';
import { answerPrivately } from './answer.ts';
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

/** Our own errors say what to do. Anything else is for the log. */
export function explain(error: unknown): string {
  if (error instanceof SeenError) return `⚠️ ${error.message.slice(0, 1_500)}`;
  return '⚠️ That failed unexpectedly. Nothing more is known here; the bot’s log has the error.';
}
