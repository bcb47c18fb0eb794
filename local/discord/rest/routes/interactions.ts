import { formError, FormErrors } from '../../api-error.ts';
import { CallbackType, type Interaction, InteractionType } from '../../interactions/interaction.ts';
import { isObject, type JsonObject, objectsIn } from '../../json.ts';
import { isEphemeral } from '../../messages/message-store.ts';
import { flagsOf, type Message, MessageFlag } from '../../messages/message.ts';
import { checkMessageBody } from '../../messages/validate-message.ts';
import type { Services } from '../../services.ts';
import { userPayload } from '../../world/payloads.ts';
import type { UploadedFile } from '../../request-body.ts';
import { noContent, ok, type Route, route } from '../router.ts';

const CHOICES_LIMIT = 25;
/** The type of a message that replies to a slash command. */
const COMMAND_REPLY = 20;

export const interactionRoutes: readonly Route[] = [
  route(
    'POST',
    '/interactions/:interaction/:token/callback',
    (services, { params, query, body, files }) => {
      const interaction = services.interactions.get(params.interaction, params.token);
      interaction.refuseSecondAnswer();
      const { type, data } = callbackFrom(interaction, body);
      const message = apply(services, interaction, type, data, files);
      interaction.acknowledge({ type, data });
      if (message) interaction.originalId = message.id;
      services.changes.announce();
      return query['with_response'] === 'true' ? ok(callbackResponse(interaction, type, message)) : noContent();
    },
    { needsAuth: false },
  ),
];

interface Callback {
  readonly type: number;
  readonly data: JsonObject;
}

/** The callbacks that Discord accepts for each type of interaction. */
const allowedCallbacks: Readonly<Record<number, readonly number[]>> = {
  [InteractionType.command]: [CallbackType.reply, CallbackType.defer, CallbackType.modal],
  [InteractionType.component]: [
    CallbackType.reply,
    CallbackType.defer,
    CallbackType.deferUpdate,
    CallbackType.update,
    CallbackType.modal,
  ],
  [InteractionType.autocomplete]: [CallbackType.autocomplete],
};

function callbackFrom(interaction: Interaction, body: unknown): Callback {
  const { type, data } = isObject(body) ? body : {};
  if (typeof type !== 'number' || !allowedCallbacks[interaction.type]?.includes(type))
    throw formError(['type'], 'INTERACTION_CALLBACK_TYPE_INVALID', `Not a fitting answer: ${String(type)}.`);
  return { type, data: isObject(data) ? data : {} };
}

/** Carries out the callback. Returns the message that `@original` stands for from now on. */
function apply(
  services: Services,
  interaction: Interaction,
  type: number,
  data: JsonObject,
  files: readonly UploadedFile[],
): Message | undefined {
  if (type === CallbackType.reply) return createReply(services, interaction, checkMessageBody(data), files);
  if (type === CallbackType.defer)
    return createReply(services, interaction, { flags: data['flags'] }, [], MessageFlag.loading);
  if (type === CallbackType.deferUpdate) return sourceOf(services, interaction);
  if (type === CallbackType.update) return update(services, interaction, checkMessageBody(data), files);
  if (type === CallbackType.autocomplete) checkChoices(data['choices']);
  return undefined;
}

function update(
  services: Services,
  interaction: Interaction,
  data: JsonObject,
  files: readonly UploadedFile[],
): Message | undefined {
  const source = sourceOf(services, interaction);
  return source && services.messages.edit(source, interaction.channel, data, files);
}

function sourceOf({ messages }: Services, { channel, sourceMessageId }: Interaction): Message | undefined {
  return sourceMessageId === undefined ? undefined : messages.get(channel.id, sourceMessageId);
}

/** Creates a message that answers an interaction: the first reply, a "thinking" one, or a follow-up. */
export function createReply(
  services: Services,
  interaction: Interaction,
  body: JsonObject,
  files: readonly UploadedFile[],
  extraFlags = 0,
): Message {
  const { directory, messages } = services;
  const flags = flagsOf(body, MessageFlag.ephemeral) | extraFlags;
  const user = userPayload(directory, directory.user(interaction.userId));
  const extra: Partial<Message> = {
    type: interaction.type === InteractionType.command ? COMMAND_REPLY : 0,
    flags,
    application_id: directory.world.application.id,
    webhook_id: directory.world.application.id,
    interaction_metadata: {
      id: interaction.id,
      type: interaction.type,
      user,
      authorizing_integration_owners: { 0: interaction.channel.guildId ?? '0' },
    },
  };
  return messages.create({ channel: interaction.channel, authorId: directory.world.bot.id, body, files, extra });
}

function checkChoices(choices: unknown): void {
  const errors = new FormErrors();
  if (objectsIn(choices).length > CHOICES_LIMIT)
    errors.add(['data', 'choices'], 'BASE_TYPE_MAX_LENGTH', `Must be ${CHOICES_LIMIT} or fewer in length.`);
  for (const [index, { name }] of objectsIn(choices).entries())
    if (typeof name !== 'string' || name.length < 1 || name.length > 100)
      errors.add(['data', 'choices', index, 'name'], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 100 in length.');
  errors.throwIfAny();
}

function callbackResponse(interaction: Interaction, type: number, message: Message | undefined): object {
  const about = message && {
    response_message_id: message.id,
    response_message_loading: type === CallbackType.defer,
    response_message_ephemeral: isEphemeral(message),
  };
  return {
    interaction: { id: interaction.id, type: interaction.type, channel_id: interaction.channel.id, ...about },
    ...(message && { resource: { type, message } }),
  };
}
