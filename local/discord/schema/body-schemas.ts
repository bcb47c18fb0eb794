import {
  ApplicationCommandAutocompleteCallbackRequestSchema,
  ApplicationCommandCreateRequestSchema,
  ApplicationCommandPatchRequestPartialSchema,
  ApplicationCommandUpdateRequestSchema,
  CreateForumThreadRequestSchema,
  CreateMessageInteractionCallbackRequestSchema,
  CreatePrivateChannelRequestSchema,
  CreateTextThreadWithoutMessageRequestSchema,
  IncomingWebhookRequestPartialSchema,
  IncomingWebhookUpdateRequestPartialSchema,
  MessageCreateRequestSchema,
  MessageEditRequestPartialSchema,
  ModalInteractionCallbackRequestSchema,
  UpdateMessageInteractionCallbackRequestSchema,
  UpdateThreadRequestPartialSchema,
} from 'discord-api-spec/zod';
import { array, maxLength, union, type ZodMiniType } from 'zod/mini';
import { matchPath } from '../path-pattern.ts';

interface BodySchema {
  readonly method: string;
  readonly pattern: string;
  readonly schema: ZodMiniType;
}

const allCommands = array(ApplicationCommandUpdateRequestSchema).check(maxLength(130));
const callback = union([
  ApplicationCommandAutocompleteCallbackRequestSchema,
  CreateMessageInteractionCallbackRequestSchema,
  ModalInteractionCallbackRequestSchema,
  UpdateMessageInteractionCallbackRequestSchema,
]);

/** Discord's schema for each body that the local Discord accepts. */
const bodySchemas: readonly BodySchema[] = [
  body('POST', '/users/@me/channels', CreatePrivateChannelRequestSchema),
  body('POST', '/channels/:channel/messages', MessageCreateRequestSchema),
  body('PATCH', '/channels/:channel/messages/:message', MessageEditRequestPartialSchema),
  body(
    'POST',
    '/channels/:channel/threads',
    union([CreateForumThreadRequestSchema, CreateTextThreadWithoutMessageRequestSchema]),
  ),
  body('PATCH', '/channels/:channel', UpdateThreadRequestPartialSchema),
  ...['/applications/:application/commands', '/applications/:application/guilds/:guild/commands'].flatMap(
    (commands) => [
      body('POST', commands, ApplicationCommandCreateRequestSchema),
      body('PUT', commands, allCommands),
      body('PATCH', `${commands}/:command`, ApplicationCommandPatchRequestPartialSchema),
    ],
  ),
  body('POST', '/interactions/:interaction/:token/callback', callback),
  body('POST', '/webhooks/:application/:token', IncomingWebhookRequestPartialSchema),
  // `@original` is a message, too.
  body('PATCH', '/webhooks/:application/:token/messages/:message', IncomingWebhookUpdateRequestPartialSchema),
];

function body(method: string, pattern: string, schema: ZodMiniType): BodySchema {
  return { method, pattern, schema };
}

export function schemaFor(method: string, path: string): ZodMiniType | undefined {
  return bodySchemas.find((one) => one.method === method && matchPath(one.pattern, path))?.schema;
}
