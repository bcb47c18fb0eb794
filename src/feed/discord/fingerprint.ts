import type { APIEmbed, APIMessage } from 'discord.js';

import type { MessageBody } from '../feed.ts';

/**
 * What makes a message recognisable in a channel's history: what Discord gives back as it was sent, up to white space
 * at the ends. Media are left out, whose addresses it rewrites.
 *
 * Too little here would take another item's message for this one's, and lose this one.
 */
export function fingerprint({ content, embeds }: Pick<APIMessage, 'content' | 'embeds'> | MessageBody): string {
  return JSON.stringify([content?.trim() ?? '', ...(embeds ?? []).map(fingerprintOfEmbed)]);
}

function fingerprintOfEmbed({ title, description, url, author, fields, footer }: APIEmbed): string[] {
  const inFields = (fields ?? []).flatMap(({ name, value }) => [name, value]);
  const texts = [title, description, author?.name, footer?.text, ...inFields].map((text) => text?.trim() ?? '');
  return [url === undefined ? '' : normalize(url), ...texts];
}

/** Written one way, whoever wrote it: with its path, and encoded. */
function normalize(url: string): string {
  return URL.parse(url)?.href ?? url;
}
