import { isObject, type JsonObject, objectsIn } from '../json.ts';
import type { Channel } from '../world/channel.ts';
import type { Directory } from '../world/directory.ts';

type Change = (body: JsonObject, directory: Directory, channel: Channel) => JsonObject;

/** Changes that Discord makes to a message before it shows it, by name. */
const changes = {
  /** Marks for the direction of text, and halves of characters, are dropped. */
  characters: (body) => mapText(body, (text) => withoutDroppedCharacters(text)),
  /** A custom emoji that the bot cannot use becomes its name: `<:up:1>` becomes `:up:`. */
  emoji: (body, directory, channel) =>
    mapText(body, (text) =>
      text.replaceAll(/<a?(:\w+:)(\d+)>/g, (emoji, name: string, id: string) =>
        directory.botMayUseEmoji(id, channel) ? emoji : name,
      ),
    ),
  /** Pictures of embeds get a size and an address at Discord. */
  pictures: (body) => mapEmbeds(body, withPictureData),
  /** Times of embeds are written as Discord writes them. */
  times: (body) => mapEmbeds(body, withLongTime),
} as const satisfies Readonly<Record<string, Change>>;

export type Rewrite = keyof typeof changes;

export const everyRewrite = Object.keys(changes) as readonly Rewrite[];

/** Applies the rewrites to the body of a message. */
export function rewriteBody(
  rewrites: readonly Rewrite[],
  body: JsonObject,
  directory: Directory,
  channel: Channel,
): JsonObject {
  return rewrites.reduce<JsonObject>((text, name) => changes[name](text, directory, channel), body);
}

/** Drops marks for the direction of text, and surrogates without a partner. */
export function withoutDroppedCharacters(text: string): string {
  return text
    .replaceAll(/[\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '')
    .replaceAll(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '');
}

const TEXT_KEYS: readonly string[] = ['content', 'title', 'description', 'name', 'value', 'text'];

/** Changes every text that people read, in the message, its embeds and its components. */
function mapText(body: JsonObject, change: (text: string) => string): JsonObject {
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, mapValue(key, value, change)]));
}

function mapValue(key: string, value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return TEXT_KEYS.includes(key) ? change(value) : value;
  if (Array.isArray(value)) return value.map((item) => mapValue(key, item, change));
  return isObject(value) ? mapText(value, change) : value;
}

function mapEmbeds(body: JsonObject, change: (embed: JsonObject) => JsonObject): JsonObject {
  return body['embeds'] === undefined ? body : { ...body, embeds: objectsIn(body['embeds']).map(change) };
}

function withPictureData(embed: JsonObject): JsonObject {
  const pictures = ['image', 'thumbnail'].flatMap((key) => {
    const picture = embed[key];
    if (!isObject(picture) || !String(picture['url']).startsWith('http')) return [];
    const proxyUrl = `https://images-ext-1.discordapp.net/external/x/${String(picture['url']).replace('://', '/')}`;
    return [[key, { ...picture, proxy_url: proxyUrl, width: 640, height: 480 }]];
  });
  return { ...embed, ...Object.fromEntries(pictures) };
}

function withLongTime(embed: JsonObject): JsonObject {
  const { timestamp } = embed;
  if (typeof timestamp !== 'string') return embed;
  return { ...embed, timestamp: new Date(timestamp).toISOString().replace('Z', '000+00:00') };
}
