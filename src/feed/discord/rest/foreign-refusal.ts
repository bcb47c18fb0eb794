import type { ResponseLike } from 'discord.js';

/** Characters of a page that are looked at, and of its text that an error shows. */
const READ = 2_000;
const SHOWN = 80;

/**
 * Tells apart refusals that are not Discord's: the pages of a proxy, of Cloudflare or of a captive portal. Discord's own
 * are JSON. discord.js reads no other, and its error would be called `DiscordAPIError[undefined]: No Description`.
 */
export function isForeignRefusal({ status, headers }: ResponseLike): boolean {
  return status >= 400 && status < 500 && status !== 429 && !isJson(headers);
}

/** Tells whether the body of an answer is JSON. */
export function isJson(headers: ResponseLike['headers']): boolean {
  return headers.get('content-type')?.startsWith('application/json') === true;
}

/**
 * Gives a foreign refusal a body from which discord.js makes an error that names the status and the page. A page with
 * status 401 becomes a 502, since whoever sent it knows nothing of the bot's token, which discord.js would throw away.
 */
export async function withReason(response: ResponseLike): Promise<ResponseLike> {
  const { status, ok } = response;
  const reason = `status ${status} from a proxy or from Cloudflare, not from Discord${excerpt(await textOf(response))}`;
  const json = { error: `HTTP ${status}`, error_description: reason };
  const text = JSON.stringify(json);
  return {
    body: null,
    bodyUsed: false,
    headers: new Headers({ 'content-type': 'application/json' }),
    ok,
    status: status === 401 ? 502 : status,
    statusText: reason,
    arrayBuffer: () => Promise.resolve(new TextEncoder().encode(text).buffer),
    json: () => Promise.resolve(json),
    text: () => Promise.resolve(text),
  };
}

/** The page is read to its end in any case, or its connection would stay occupied. */
async function textOf(response: ResponseLike): Promise<string> {
  try {
    return await response.text();
  } catch {
    // The status is known, and that counts: the page was only for the reason.
    return '';
  }
}

function excerpt(page: string): string {
  const words = page
    .slice(0, READ)
    .replaceAll(/<[^<>]*>|[\p{C}\s]+/gu, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
  return words === '' ? '' : `: “${words.slice(0, SHOWN).toWellFormed()}”`;
}
