import { Intent } from './gateway/events.ts';
import type { JsonObject } from './json.ts';
import { componentsIn } from './messages/components.ts';
import { isEphemeral } from './messages/message-store.ts';
import type { Message } from './messages/message.ts';
import type { Services } from './services.ts';
import { InteractionResult } from './interactions/interaction-result.ts';
import { type Interaction, InteractionType } from './interactions/interaction.ts';
import { type CommandPath, interactionOptions, type OptionValue } from './interactions/options.ts';
import { contextOf, interactionPayload } from './interactions/payload.ts';

export interface SlashInvocation extends CommandPath {
  /** The id of the person who types the command. */
  readonly user: string;
  readonly channelId: string;
  /** Must be the guild of the channel. Default: that guild. */
  readonly guildId?: string;
  readonly command: string;
  readonly options?: Readonly<Record<string, OptionValue>>;
}

export interface Press {
  readonly user: string;
  readonly message: Message;
  readonly customId: string;
  /** The chosen values of a select menu. */
  readonly values?: readonly string[];
}

const SLASH_COMMAND = 1;

/** Sends a slash command as a person; with `focused` it is still being typed, and asks for suggestions. */
export function invokeCommand(
  services: Services,
  invocation: SlashInvocation,
  focused?: string,
): Promise<InteractionResult> {
  const { user, channelId, guildId, options = {} } = invocation;
  const channel = services.directory.channel(channelId);
  if (guildId !== undefined && guildId !== channel.guildId)
    throw new Error(`Channel ${channelId} is not in guild ${guildId}.`);
  const command = services.commands.named(invocation.command, channel.guildId);
  if (!command) throw new Error(`No command /${invocation.command} is registered. ${registered(services)}`);
  const context = contextOf(channel);
  if (command.contexts?.some((one) => one === context) === false)
    throw new Error(
      `/${command.name} is not available in context ${context}: it was registered for ${command.contexts.join(', ')}.`,
    );
  const data = {
    id: command.id,
    name: command.name,
    type: SLASH_COMMAND,
    options: interactionOptions(command, invocation, { options, focused }),
    ...(command.guild_id !== undefined && { guild_id: command.guild_id }),
  };
  const type = focused === undefined ? InteractionType.command : InteractionType.autocomplete;
  const title = ['', invocation.command, invocation.subcommandGroup, invocation.subcommand].filter(
    (part) => part !== undefined,
  );
  return send(services, services.interactions.open(type, user, channel), data, {}, `/${title.slice(1).join(' ')}`);
}

/** Uses a button or a select menu as a person. */
export function pressComponent(
  services: Services,
  { user, message, customId, values }: Press,
): Promise<InteractionResult> {
  const channel = services.directory.channel(message.channel_id);
  const current = services.messages.get(channel.id, message.id);
  if (isEphemeral(current) && current.interaction_metadata?.user.id !== user)
    throw new Error(`User ${user} cannot see message ${message.id}: it is ephemeral.`);
  const component = pressable(current, customId);
  const data = { custom_id: customId, component_type: component['type'], ...(values && { values }) };
  const interaction = services.interactions.open(InteractionType.component, user, channel, current.id);
  return send(services, interaction, data, { message: current }, `the component "${customId}"`);
}

function pressable(message: Message, customId: string): JsonObject {
  const components = componentsIn(message.components).filter((one) => typeof one['custom_id'] === 'string');
  const component = components.find((one) => one['custom_id'] === customId);
  const there = components.map((one) => String(one['custom_id'])).join(', ') || 'none';
  if (!component) throw new Error(`Message ${message.id} has no component "${customId}". It has: ${there}.`);
  if (component['disabled'] === true) throw new Error(`The component "${customId}" is disabled.`);
  return component;
}

async function send(
  services: Services,
  interaction: Interaction,
  data: object,
  more: object,
  title: string,
): Promise<InteractionResult> {
  const { gateway, changes, directory, messages, responseTimeoutMs } = services;
  if (gateway.connected === 0) throw new Error(`The application did not respond to ${title}: it is not connected.`);
  const payload = interactionPayload(directory, interaction, data, more);
  gateway.publish({
    type: 'INTERACTION_CREATE',
    data: payload,
    guildId: interaction.channel.guildId,
    intent: Intent.none,
  });
  const failure = (): Error => {
    interaction.giveUp();
    return new Error(`The application did not respond to ${title} within ${responseTimeoutMs} ms.`);
  };
  await changes.until(responseTimeoutMs, failure, () => interaction.acknowledgement);
  return new InteractionResult(interaction, messages, changes);
}

function registered({ commands }: Services): string {
  return `Registered: ${
    commands
      .all()
      .map(({ name }) => `/${name}`)
      .join(', ') || 'none'
  }.`;
}
