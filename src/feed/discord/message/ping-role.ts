import { MessageReferenceType } from 'discord.js';

import { SeenInputError } from '../../../store/errors.ts';
import { isMadeOfComponents, TEXT_DISPLAY } from './components-v2.ts';
import type { PlainBody } from './plain-body.ts';

/** Discord takes no longer content from a bot. */
const MAX_CONTENT = 2000;

/**
 * The body with a mention of the role in front of its text, unless it has one. Where the text leaves no room for it, the
 * text is shortened at its end: the role must hear of the post. Whether the mention pings is up to `allowed_mentions`.
 *
 * @throws {SeenInputError} for a forwarded message, which has no text of its own.
 */
export function withRoleMention(body: PlainBody, roleId: string): PlainBody {
  const mention = `<@&${roleId}>`;
  if (body.message_reference?.type === MessageReferenceType.Forward)
    throw new SeenInputError('A forwarded message has no text, so that it cannot ping a role. Leave out the role.');
  return isMadeOfComponents(body) ? inComponents(body, mention) : inContent(body, mention);
}

function inContent(body: PlainBody, mention: string): PlainBody {
  const content = body.content ?? '';
  if (content.includes(mention)) return body;
  return { ...body, content: content.trim() === '' ? mention : `${mention} ${fitted(content, mention.length + 1)}` };
}

/** A message that is made of components has no content. A text of its own comes first. */
function inComponents(body: PlainBody, mention: string): PlainBody {
  if (JSON.stringify(body.components ?? []).includes(mention)) return body;
  const text = { type: TEXT_DISPLAY, content: mention } as const;
  return { ...body, components: [text, ...(body.components ?? [])] };
}

/** Content that is too long by itself is the feed's mistake, and left to Discord. */
function fitted(content: string, taken: number): string {
  const room = MAX_CONTENT - taken;
  if (content.length <= room || content.length > MAX_CONTENT) return content;
  // The cut must not leave half of a surrogate pair.
  return `${content.slice(0, room - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
