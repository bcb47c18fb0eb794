import { unknownMessage, unknownWebhook } from '../../api-error.ts';
import type { Interaction } from '../../interactions/interaction.ts';
import type { JsonObject } from '../../json.ts';
import { type Message, MessageFlag } from '../../messages/message.ts';
import { checkMessageBody } from '../../messages/validate-message.ts';
import type { Services } from '../../services.ts';
import type { UploadedFile } from '../../request-body.ts';
import { noContent, ok, type Route, route } from '../router.ts';
import { createReply } from './interactions.ts';

const openToAll = { needsAuth: false };

/** Routes for follow-ups to an interaction and for edits of its answers: the only webhooks there are. */
export const webhookRoutes: readonly Route[] = [
  route(
    'POST',
    '/webhooks/:application/:token',
    (services, { params, query, body, files }) => {
      const interaction = interactionOf(services, params.application, params.token);
      const message = followUp(services, interaction, checkMessageBody(body), files);
      return query['wait'] === 'false' ? noContent() : ok(message);
    },
    openToAll,
  ),
  ...messageRoutes('@original'),
  ...messageRoutes(':message'),
];

function messageRoutes(last: '@original' | ':message'): Route[] {
  const pattern = `/webhooks/:application/:token/messages/${last}` as const;
  const find = (services: Services, params: Readonly<Record<string, string>>): [Interaction, Message] => {
    const interaction = interactionOf(services, params['application'] ?? '', params['token'] ?? '');
    return [interaction, messageOf(services, interaction, params['message'] ?? interaction.originalId)];
  };
  return [
    route('GET', pattern, (services, { params }) => ok(find(services, params)[1]), openToAll),
    route(
      'PATCH',
      pattern,
      (services, { params, body, files }) => {
        const [{ channel }, message] = find(services, params);
        return ok(services.messages.edit(message, channel, checkMessageBody(body), files));
      },
      openToAll,
    ),
    route(
      'DELETE',
      pattern,
      (services, { params }) => {
        const [{ channel }, message] = find(services, params);
        services.messages.delete(message, channel);
        return noContent();
      },
      openToAll,
    ),
  ];
}

function interactionOf({ directory, interactions }: Services, applicationId: string, token: string): Interaction {
  if (applicationId !== directory.world.application.id) throw unknownWebhook();
  return interactions.byToken(token);
}

/** Finds a message that belongs to the interaction: its token reaches no other. */
function messageOf({ messages }: Services, interaction: Interaction, id: string | undefined): Message {
  const { channel, originalId, followUpIds } = interaction;
  if (id === undefined || (id !== originalId && !followUpIds.includes(id))) throw unknownMessage();
  return messages.get(channel.id, id);
}

/** Creates a follow-up. The first one after a deferral takes the place and the visibility of the "thinking" message. */
function followUp(
  services: Services,
  interaction: Interaction,
  body: JsonObject,
  files: readonly UploadedFile[],
): Message {
  const { channel, originalId, followUpIds } = interaction;
  const original = originalId === undefined ? undefined : services.messages.find(channel.id, originalId);
  if (original && (original.flags & MessageFlag.loading) !== 0)
    return services.messages.edit(original, channel, body, files);
  const message = createReply(services, interaction, body, files);
  followUpIds.push(message.id);
  return message;
}
