import type { APIEmbed, APIMessage } from 'discord.js';

import type { MessageBody } from '../feed.ts';

/**
 * The part of a message by which it is recognised in a channel's history: everything that Discord returns as it was
 * sent, apart from white space at the ends. Media are left out, because Discord rewrites their addresses.
 *
 * With less than that, another item's message could be taken for this one's, and this one would be lost.
 */
export function fingerprint({ content, embeds }: Pick<APIMessage, 'content' | 'embeds'> | MessageBody): string {
  return JSON.stringify([content?.trim() ?? '', ...(embeds ?? []).map(fingerprintOfEmbed)]);
}

function fingerprintOfEmbed({ title, description, url, author, fields, footer }: APIEmbed): string[] {
  const inFields = (fields ?? []).flatMap(({ name, value }) => [name, value]);
  const texts = [title, description, author?.name, footer?.text, ...inFields].map((text) => text?.trim() ?? '');
  return [url === undefined ? '' : normalize(url), ...texts];
}

/** The one form that equal addresses have in common: with a path, and encoded. */
function normalize(url: string): string {
  return URL.parse(url)?.href ?? url;
}
