import { container, Events, Listener, type ChatInputCommandDeniedPayload, type UserError } from '@sapphire/framework';
import { SubcommandPluginEvents, type ChatInputSubcommandDeniedPayload } from '@sapphire/plugin-subcommands';

import { systemClock } from '../../store/clock.ts';
import { replyPrivately } from '../private-reply.ts';
import { SeenCommand } from '../seen.ts';

/** The time that a listener of the bot's own has to reply first, in milliseconds. Discord waits for three seconds. */
const LISTENER_GRACE_MS = 1_000;

/** Replies when a precondition of the bot's own, for all of its commands or for this one, denies `/seen`. */
export class CommandDenied extends Listener<typeof Events.ChatInputCommandDenied> {
  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    super(context, { ...options, event: Events.ChatInputCommandDenied });
  }

  override async run(error: UserError, payload: ChatInputCommandDeniedPayload): Promise<void> {
    await replyUnlessReplied(this.event, error, payload);
  }
}

/** Replies when a precondition of one subcommand, which a class that extends `SeenCommand` may add, denies it. */
export class SubcommandDenied extends Listener {
  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    super(context, { ...options, event: SubcommandPluginEvents.ChatInputSubcommandDenied });
  }

  override async run(error: UserError, payload: ChatInputSubcommandDeniedPayload): Promise<void> {
    await replyUnlessReplied(this.event, error, payload);
  }
}

/**
 * Tells the user why: without a reply, Discord shows "The application did not respond". Where the bot has a listener of
 * its own for the event, that one goes first. It may only log, and discord.js counts an interaction as replied to only
 * once Discord has confirmed the reply, so this waits before it looks.
 */
async function replyUnlessReplied(
  event: Listener['event'],
  { message }: UserError,
  { command, interaction }: Pick<ChatInputCommandDeniedPayload, 'command' | 'interaction'>,
): Promise<void> {
  if (!(command instanceof SeenCommand)) return;
  if (container.client.listenerCount(String(event)) > 1)
    await systemClock.sleep(LISTENER_GRACE_MS, undefined, { ref: false });
  // One that a precondition has only deferred still waits for its reply.
  if (interaction.replied) return;
  const content = message.trim() === '' ? 'You may not use this command here.' : message.slice(0, 1_500);
  await replyPrivately(interaction, { content });
}
