import { isRecord, recordsIn, type JsonRecord } from '../../json-record.ts';
import { looseText, looseUrl } from './loose-text.ts';

/** The parts of a message, each as the texts that tell it from others. Nothing is left of an empty part. */
export interface MessageParts {
  /** The name of the thread in a forum that the message began. */
  readonly threadName: readonly string[];
  readonly content: readonly string[];
  readonly embeds: readonly EmbedParts[];
  readonly components: readonly string[];
  readonly poll: readonly string[];
  readonly stickers: readonly string[];
  /** The id of the message that this one forwards. */
  readonly forward: readonly string[];
}

interface EmbedParts {
  readonly texts: readonly string[];
  /** Addresses of pictures, which Discord may rewrite. */
  readonly media: readonly string[];
}

/** A way to read texts and addresses: loosely or to the letter. */
export interface Reading {
  readonly text: (value: unknown) => string;
  readonly url: (value: unknown) => string;
}

/** Reads what Discord may have rewritten. */
export const loosely: Reading = { text: looseText, url: looseUrl };

/** Reads what Discord left as it was, apart from white space at the ends. */
export const toTheLetter: Reading = { text: trimmed, url: looseUrl };

const FORWARD = 1;

/** Takes a message apart, or the body of one: they name their parts alike. */
export function partsOf(message: JsonRecord, { text, url }: Reading): MessageParts {
  const { message_reference: reference, sticker_ids: sent, sticker_items: shown } = message;
  const stickers = Array.isArray(sent) ? sent : recordsIn(shown).map(({ id }) => id);
  const forwarded = isRecord(reference) && reference['type'] === FORWARD ? [String(reference['message_id'])] : [];
  return {
    threadName: withInk([text(message['thread_name'])]),
    content: withInk([text(message['content'])]),
    embeds: recordsIn(message['embeds'])
      .filter(isOwnEmbed)
      .map((embed) => partsOfEmbed(embed, { text, url })),
    components: textsOfComponents(message['components'], { text, url }),
    poll: isRecord(message['poll']) ? textsOfPoll(message['poll'], text) : [],
    stickers: stickers.map(String).toSorted(),
    forward: forwarded,
  };
}

/** The parts of an embed that are neither texts nor pictures, for a comparison to the letter. */
export function detailsOf({ timestamp, color }: JsonRecord): string[] {
  const second = typeof timestamp === 'string' ? Math.floor(Date.parse(timestamp) / 1000) : '';
  return [String(second), typeof color === 'number' ? String(color) : ''];
}

/** Discord adds previews of links, which are of other types. */
export function isOwnEmbed({ type }: JsonRecord): boolean {
  return type === undefined || type === 'rich';
}

function partsOfEmbed(embed: JsonRecord, { text, url }: Reading): EmbedParts {
  const inFields = recordsIn(embed['fields']).flatMap(({ name, value }) => [text(name), text(value)]);
  const named = [textIn(embed['author'], 'name'), textIn(embed['footer'], 'text')].map(text);
  const texts = [url(embed['url']), text(embed['title']), text(embed['description']), ...named, ...inFields];
  const media = [textIn(embed['image'], 'url'), textIn(embed['thumbnail'], 'url')].map(url);
  return { texts: texts.some(isInked) ? texts : [], media: media.some(isInked) ? media : [] };
}

function textsOfPoll({ question, answers }: JsonRecord, text: Reading['text']): string[] {
  const media = recordsIn(answers).map((answer) => textIn(answer['poll_media'], 'text'));
  return withInk([textIn(question, 'text'), ...media].map(text));
}

const TEXTS = ['content', 'label', 'description', 'placeholder', 'title', 'value', 'custom_id', 'text', 'alt'];

/** The texts of components in the order of the message, however deep they lie. Ids and defaults are Discord's. */
function textsOfComponents(value: unknown, reading: Reading): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => textsOfComponents(each, reading));
  if (!isRecord(value)) return [];
  const own = withInk([...TEXTS.map((name) => reading.text(value[name])), reading.url(value['url'])]);
  const deeper = ['components', 'items', 'options', 'accessory', 'media', 'file', 'component'];
  return [...own, ...deeper.flatMap((name) => textsOfComponents(value[name], reading))];
}

function textIn(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function withInk(texts: readonly string[]): string[] {
  return texts.filter(isInked);
}

function isInked(text: string): boolean {
  return text !== '';
}

function trimmed(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
