import { recordsIn, type JsonRecord } from '../../json-record.ts';
import type { SentBody } from './fingerprint.ts';
import { isOwnEmbed, loosely, partsOf } from './message-parts.ts';

/** An address in a text, without the marks that end a sentence or a masked link. */
const LINK = /https?:\/\/[^\s<>()[\]"'`]+[^\s<>()[\]"'`.,;:!?]/g;

/**
 * The links and titles of a message: what names its item, whatever the texts say. An enrichment that was lost is paid for
 * again and words the message otherwise, and a late one is edited into it.
 */
interface Traits {
  readonly links: readonly string[];
  readonly titles: readonly string[];
}

/**
 * Finds the message that alone has the links and the titles which all forms of an item's message have in common. Links
 * without a title count only where one of them names the item: the others may be in every message, that of a dashboard
 * for example, and nobody can tell where the channel has only one.
 *
 * @param key The item's id as its feed gives it.
 * @param messages All posts of the bot's among which it may be, whoever's they are: links that several have name no item.
 * @returns Its id; undefined where none has them, or more than one, or where the forms have nothing in common that names
 *   the item.
 */
export function kindredMessage(
  forms: readonly SentBody[],
  messages: readonly ({ readonly id: string } & object)[],
  key: string,
): string | undefined {
  const { links, titles } = forms.map((form) => traitsOf({ ...form })).reduce(inCommon);
  if (links.length === 0 || (titles.length === 0 && !links.some((link) => isNamedBy(key, link)))) return undefined;
  const kindred = messages.filter((message) => {
    const shown = traitsOf({ ...message });
    return links.every((link) => shown.links.includes(link)) && titles.every((title) => shown.titles.includes(title));
  });
  return kindred.length === 1 ? kindred[0]?.id : undefined;
}

/**
 * True for a link whose path or query has the part of the key that tells items apart, in whole words: its longest part
 * with a digit.
 */
function isNamedBy(key: string, link: string): boolean {
  const parts = key
    .split(/[\s/:=,;?&#|]+/)
    .map(wordsOf)
    .filter((part) => part !== '');
  const numbered = parts.filter((part) => /\d/.test(part)).toSorted((one, other) => other.length - one.length);
  const name = numbered[0] ?? parts.at(-1);
  const path = wordsOf(link.replace(/^https?:\/\/[^/?#]*/, ''));
  return name !== undefined && ` ${path} `.includes(` ${name} `);
}

function wordsOf(text: string): string {
  return text
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase();
}

function inCommon(one: Traits, other: Traits): Traits {
  return {
    links: one.links.filter((link) => other.links.includes(link)),
    titles: one.titles.filter((title) => other.titles.includes(title)),
  };
}

function traitsOf(message: JsonRecord): Traits {
  const embeds = recordsIn(message['embeds']).filter(isOwnEmbed);
  const { threadName } = partsOf(message, loosely);
  const links = [message['content'], embeds, message['components']].flatMap(linksIn);
  const titles = embeds.map(({ title }) => loosely.text(title)).filter((title) => title !== '');
  return { links: links.map(loosely.url), titles: [...threadName, ...titles] };
}

/** The addresses in a part of a message, however deep they lie: those of links, and those in texts. */
function linksIn(value: unknown): string[] {
  if (typeof value === 'string') return value.match(LINK) ?? [];
  if (Array.isArray(value)) return value.flatMap(linksIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => (PICTURES.has(name) ? [] : linksIn(part)));
}

/** Discord rewrites the addresses of pictures, and adds some of its own. */
const PICTURES: ReadonlySet<string> = new Set([
  'image',
  'thumbnail',
  'video',
  'media',
  'file',
  'icon_url',
  'proxy_icon_url',
]);
