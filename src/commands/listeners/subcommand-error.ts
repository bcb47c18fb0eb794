import { Listener } from '@sapphire/framework';
import {
  SubcommandPluginEvents,
  type ChatInputSubcommandErrorPayload,
  type ChatInputSubcommandNoMatchContext,
} from '@sapphire/plugin-subcommands';
import type { ChatInputCommandInteraction } from 'discord.js';

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

/** Tells the user about a subcommand that Discord still shows, or shows already, and this version does not have. */
export class SubcommandUnknown extends Listener {
  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    super(context, { ...options, event: SubcommandPluginEvents.ChatInputSubcommandNoMatch });
  }

  override async run(
    interaction: ChatInputCommandInteraction,
    { command }: ChatInputSubcommandNoMatchContext,
  ): Promise<void> {
    if (!(command instanceof SeenCommand)) return;
    await replyPrivately(interaction, {
      content: 'The bot does not have this subcommand. Reload Discord and try again.',
    });
  }
}
