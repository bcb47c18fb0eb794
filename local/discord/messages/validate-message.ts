import { emptyMessage, FormErrors } from '../api-error.ts';
import { isObject, type JsonObject, objectsIn } from '../json.ts';
import { checkComponents } from './validate-components.ts';
import { checkEmbeds, isVisibleEmbed } from './validate-embeds.ts';

const CONTENT_LIMIT = 2000;
const NONCE_LIMIT = 25;

/**
 * Checks the limits that Discord's schema does not know.
 *
 * @param within The place of the message in the request's body. Default: it is the whole body.
 * @throws Discord's form error, which names everything that is wrong with the body.
 */
export function checkMessageBody(body: unknown, within: readonly string[] = []): JsonObject {
  const errors = new FormErrors(within);
  if (!isObject(body)) {
    errors.add([], 'MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType');
    throw errors.toError();
  }
  checkText(errors, 'content', body['content'], CONTENT_LIMIT);
  if (typeof body['nonce'] !== 'number') checkText(errors, 'nonce', body['nonce'], NONCE_LIMIT);
  checkEmbeds(errors, body['embeds']);
  checkComponents(errors, body['components']);
  checkMentions(errors, body['allowed_mentions']);
  errors.throwIfAny();
  return body;
}

function checkText(errors: FormErrors, field: string, value: unknown, limit: number): void {
  if (value === undefined || value === null) return;
  if (typeof value !== 'string') errors.add([field], 'STRING_TYPE_CONVERT', 'Could not interpret as string.');
  else if (value.length > limit) errors.add([field], 'BASE_TYPE_MAX_LENGTH', `Must be ${limit} or fewer in length.`);
}

/** Refuses a list of users beside `parse: ["users"]`, which contradict each other; likewise for roles. */
function checkMentions(errors: FormErrors, mentions: unknown): void {
  if (!isObject(mentions) || !Array.isArray(mentions['parse'])) return;
  for (const kind of ['users', 'roles']) {
    const named = mentions[kind];
    if (mentions['parse'].includes(kind) && Array.isArray(named) && named.length > 0)
      errors.add(
        ['allowed_mentions'],
        'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
        `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
      );
  }
}

/** @throws Discord's error answer when nothing of the message would be visible. */
export function refuseEmpty(message: {
  readonly content?: unknown;
  readonly embeds?: unknown;
  readonly components?: unknown;
  readonly poll?: unknown;
  readonly attachments: readonly unknown[];
}): void {
  const { content, embeds, components, poll, attachments } = message;
  const hasText = typeof content === 'string' && content.trim() !== '';
  const hasMore = objectsIn(embeds).some(isVisibleEmbed) || objectsIn(components).length > 0 || isObject(poll);
  if (!hasText && !hasMore && attachments.length === 0) throw emptyMessage();
}
