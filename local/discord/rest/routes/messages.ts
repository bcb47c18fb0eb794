import { missingAccess, missingPermissions, notYourMessage, unknownMessage } from '../../api-error.ts';
import type { JsonObject } from '../../json.ts';
import { isEphemeral, withNonce } from '../../messages/message-store.ts';
import type { Message } from '../../messages/message.ts';
import { permittedBody, withoutForbiddenEmbeds } from '../../messages/permitted-body.ts';
import { pageOf } from '../../messages/page.ts';
import { checkMessageBody } from '../../messages/validate-message.ts';
import type { Services } from '../../services.ts';
import type { Channel } from '../../world/channel.ts';
import { refuseEditing, refusePosting } from '../../world/posting-rules.ts';
import { noContent, ok, type Reply, type Route, route } from '../router.ts';

export const messageRoutes: readonly Route[] = [
  route('POST', '/channels/:channel/messages', (services, { params, body, files }) => {
    const channel = services.directory.visibleChannel(params.channel);
    refusePosting(services.directory, channel);
    const checked = permittedBody(services.directory, channel, checkMessageBody(body), files.length);
    return ok(
      alreadyCreated(services, channel, checked) ?? create(services, services.threads.wake(channel), checked, files),
    );
  }),
  route('GET', '/channels/:channel/messages', (services, { params, query }) => {
    const channel = services.directory.visibleChannel(params.channel);
    // Without the permission Discord answers with an empty list, not an error.
    const readable = services.directory.botMay('readMessageHistory', channel);
    return ok(pageOf(readable ? services.messages.in(channel.id) : [], query));
  }),
  route('GET', '/channels/:channel/messages/:message', (services, { params }) => {
    const channel = services.directory.visibleChannel(params.channel);
    if (!services.directory.botMay('readMessageHistory', channel)) throw missingAccess();
    return ok(publicMessage(services, channel, params.message));
  }),
  route('PATCH', '/channels/:channel/messages/:message', (services, { params, body, files }) => {
    const channel = services.directory.visibleChannel(params.channel);
    const message = publicMessage(services, channel, params.message);
    if (!isOwn(services, message)) throw notYourMessage();
    refuseEditing(services.directory, channel);
    const permitted = withoutForbiddenEmbeds(services.directory, channel, checkMessageBody(body));
    return ok(services.messages.edit(message, channel, permitted, files));
  }),
  route('DELETE', '/channels/:channel/messages/:message', (services, { params }): Reply => {
    const channel = services.directory.visibleChannel(params.channel);
    const message = publicMessage(services, channel, params.message);
    if (!isOwn(services, message) && !services.directory.botMay('manageMessages', channel)) throw missingPermissions();
    services.messages.delete(message, channel);
    return noContent();
  }),
];

/** Finds the message that an enforced nonce has created before. */
function alreadyCreated(services: Services, channel: Channel, body: JsonObject): Message | undefined {
  const nonce = nonceOf(body);
  if (body['enforce_nonce'] !== true || nonce === undefined) return undefined;
  const id = services.nonces.find(channel.id, services.directory.world.bot.id, nonce);
  // If the message was posted and has been deleted since, Discord says so and does not post it again.
  return id === undefined ? undefined : withNonce(services.messages.get(channel.id, id), nonce);
}

function create(
  services: Services,
  channel: Channel,
  body: JsonObject,
  files: Parameters<Services['messages']['create']>[0]['files'] = [],
): Message {
  const authorId = services.directory.world.bot.id;
  const message = services.messages.create({ channel, authorId, body, files });
  const nonce = nonceOf(body);
  if (nonce !== undefined) services.nonces.remember(channel.id, authorId, nonce, message.id);
  return message;
}

function nonceOf({ nonce }: JsonObject): string | undefined {
  return typeof nonce === 'string' || typeof nonce === 'number' ? String(nonce) : undefined;
}

/** @throws Discord's error answer for an ephemeral message as well: it cannot be reached through the channel. */
export function publicMessage({ messages }: Services, { id }: Channel, messageId: string): Message {
  const message = messages.get(id, messageId);
  if (isEphemeral(message)) throw unknownMessage();
  return message;
}

function isOwn({ directory }: Services, message: Message): boolean {
  return message.author.id === directory.world.bot.id;
}
