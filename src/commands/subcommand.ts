import type { ChatInputCommandInteraction, SlashCommandSubcommandBuilder } from 'discord.js';

import { pluginLogger } from '../log/plugin-logger.ts';
import { SeenInputError, SeenStoreBusyError, SeenStoreError } from '../store/errors.ts';
import { deferReply } from './acknowledge.ts';
import { isAdmin, notAdminMessage } from './admins.ts';
import { replyPrivately, type PrivateReply } from './private-reply.ts';
import { userMessage } from './user-message.ts';

/** A subcommand of `/seen`: what Discord shows of it, who may use it, and what it does. */
export interface SeenSubcommand {
  readonly name: string;
  readonly description: string;
  /** Refuses everybody who is not an admin; the description says so. Default: false. */
  readonly adminsOnly?: boolean;
  /** Adds the options that a user fills in. Default: none. */
  readonly addOptions?: (builder: SlashCommandSubcommandBuilder) => SlashCommandSubcommandBuilder;
  /**
   * Does the work and returns the reply, which only the user sees. The reply has been deferred, so the work may take
   * longer than the three seconds that Discord waits.
   *
   * @throws {SeenInputError} when the user typed something wrong; its message becomes the reply.
   */
  readonly run: (interaction: ChatInputCommandInteraction) => Promise<PrivateReply>;
}

/** Fills in the builder of a subcommand. */
export function buildSubcommand(
  builder: SlashCommandSubcommandBuilder,
  { name, description, adminsOnly = false, addOptions = (unchanged) => unchanged }: SeenSubcommand,
): SlashCommandSubcommandBuilder {
  return addOptions(builder.setName(name).setDescription(adminsOnly ? `${description} (admins)` : description));
}

/** Defers the reply, runs the subcommand for those who may use it, and replies. */
export async function runSubcommand(
  subcommand: SeenSubcommand,
  interaction: ChatInputCommandInteraction,
): Promise<void> {
  if (!(await deferReply(interaction))) return;
  await replyPrivately(interaction, await replyOf(subcommand, interaction));
}

/**
 * Reports input errors to the user instead of logging them: they are no faults of the bot. A store that fails is logged
 * in one line, as the store and the feeds have told of the outage before.
 */
async function replyOf(
  { name, adminsOnly = false, run }: SeenSubcommand,
  interaction: ChatInputCommandInteraction,
): Promise<PrivateReply> {
  if (adminsOnly && !(await isAdmin(interaction))) return { content: notAdminMessage };
  try {
    return await run(interaction);
  } catch (error) {
    if (error instanceof SeenInputError) return { content: userMessage(error) };
    if (!(error instanceof SeenStoreError || error instanceof SeenStoreBusyError)) throw error;
    pluginLogger().warn('seen_command_failed', { subcommand: name, user_id: interaction.user.id, error });
    return { content: userMessage(error) };
  }
}
