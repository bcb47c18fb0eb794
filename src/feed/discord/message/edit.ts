import { MessageFlags, Routes } from 'discord.js';

import { NOBODY } from '../../mentions.ts';
import { ask, type Sender } from '../rest/ask.ts';
import { IS_COMPONENTS_V2, isMadeOfComponents } from './components-v2.ts';
import type { PlainBody } from './plain-body.ts';

/** The flags that an edit may set. */
const EDITABLE = MessageFlags.SuppressEmbeds | IS_COMPONENTS_V2;

/**
 * Makes a message of the bot's show another body. What the body lacks is taken away; a poll, stickers and a forwarded
 * message stay as they are, since Discord changes none of them. So do the flags, which a moderator may have set, unless
 * the body names one, or 0. An edit pings nobody.
 *
 * @throws The error of the request.
 */
export async function editMessage(
  sender: Sender,
  channelId: string,
  messageId: string,
  body: PlainBody,
): Promise<void> {
  const route = Routes.channelMessage(channelId, messageId);
  await ask(sender, (rest, signal) => rest.patch(route, { body: editOf(body), signal }));
}

function editOf(body: PlainBody): object {
  const { content, embeds, components, flags, allowed_mentions: mentions = NOBODY } = body;
  const texts = isMadeOfComponents(body)
    ? { content: null, embeds: null }
    : { content: content ?? '', embeds: embeds ?? [] };
  return { ...texts, components: components ?? [], ...flagsOf(flags), allowed_mentions: mentions };
}

function flagsOf(flags: number | undefined): { readonly flags?: number } {
  const editable = (flags ?? 0) & EDITABLE;
  return editable !== 0 || flags === 0 ? { flags: editable } : {};
}
