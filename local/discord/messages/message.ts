import type { APIAttachment, APIEmbed, APIMessage, APIUser } from 'discord.js';
import { isObject, type JsonObject, objectsIn } from '../json.ts';
import type { Channel } from '../world/channel.ts';
import type { Directory } from '../world/directory.ts';
import { userPayload } from '../world/payloads.ts';
import { has } from '../world/permissions.ts';
import { numberComponents } from './components.ts';
import { mentionsIn } from './mentions.ts';

/** An embed, without the enums of discord.js. One of a bot has the type `rich`. */
export type Embed = Omit<APIEmbed, 'type' | 'flags'> & { readonly type?: string };

/** A message as the API returns it. Numbers stay numbers, and components whatever the bot sent. */
export interface Message extends Omit<
  APIMessage,
  'type' | 'flags' | 'embeds' | 'components' | 'poll' | 'interaction_metadata'
> {
  readonly type: number;
  readonly flags: number;
  readonly embeds: readonly Embed[];
  readonly components: readonly JsonObject[];
  readonly poll?: JsonObject;
  /** The interaction that the message answers, and its user. */
  readonly interaction_metadata?: {
    readonly id: string;
    readonly type: number;
    readonly user: APIUser;
    readonly authorizing_integration_owners: Readonly<Record<number, string>>;
  };
}

/** Bits of a message's `flags`. */
export const MessageFlag = { crossposted: 1 << 0, suppressEmbeds: 1 << 2, ephemeral: 1 << 6, loading: 1 << 7 } as const;

/** The flags that a bot may set: no embeds, silent, components v2. Discord sets the others. */
const SETTABLE_FLAGS = (1 << 2) | (1 << 12) | (1 << 15);

export interface Draft {
  readonly id: string;
  readonly authorId: string;
  readonly channel: Channel;
  readonly timestamp: string;
  readonly attachments: readonly APIAttachment[];
  readonly extra?: Partial<Message>;
}

/**
 * Builds the message that Discord would show for this body.
 *
 * It has no nonce, which Discord does not store: only the answer to the creation and MESSAGE_CREATE carry it.
 */
export function buildMessage(directory: Directory, body: JsonObject, draft: Draft): Message {
  const { id, authorId, channel, timestamp, attachments, extra } = draft;
  return {
    type: 0,
    id,
    channel_id: channel.id,
    author: userPayload(directory, directory.user(authorId)),
    timestamp,
    edited_timestamp: null,
    tts: false,
    pinned: false,
    flags: flagsOf(body),
    ...pings(directory, body, draft),
    ...visibleParts(body, attachments),
    ...(isObject(body['poll']) && { poll: pollOf(body['poll'], timestamp) }),
    ...extra,
  };
}

/** A poll as it is shown: its answers are numbered, and it has an end in the place of a length in hours. */
function pollOf({ duration, answers, ...poll }: JsonObject, timestamp: string): JsonObject {
  const hours = typeof duration === 'number' ? duration : 24;
  const expiry = new Date(Date.parse(timestamp) + hours * 3_600_000).toISOString();
  const numbered = objectsIn(answers).map((answer, index) => Object.assign({}, answer, { answer_id: index + 1 }));
  return { ...poll, expiry, answers: numbered };
}

/** Changes only the parts that the body names. */
export function editMessage(
  directory: Directory,
  message: Message,
  body: JsonObject,
  attachments: readonly APIAttachment[],
  edit: Pick<Draft, 'authorId' | 'channel' | 'timestamp'>,
): Message {
  const merged = { content: message.content, embeds: message.embeds, components: message.components, ...body };
  return {
    ...message,
    edited_timestamp: edit.timestamp,
    ...pings(directory, merged, edit),
    ...visibleParts(merged, attachments),
    // Link previews among them keep their type.
    ...(body['embeds'] === undefined && { embeds: message.embeds }),
    flags: message.flags & ~MessageFlag.loading,
  };
}

/** @param more Bits that may be set here beyond the usual ones. */
export function flagsOf({ flags }: JsonObject, more = 0): number {
  return typeof flags === 'number' ? flags & (SETTABLE_FLAGS | more) : 0;
}

function pings(
  directory: Directory,
  body: JsonObject,
  { authorId, channel }: Pick<Draft, 'authorId' | 'channel'>,
): Pick<Message, 'mention_everyone' | 'mentions' | 'mention_roles'> {
  const rights = {
    everyone: has(directory.permissions(authorId, channel), 'mentionEveryone'),
    role: (id: string) => directory.mayPingRole(authorId, id, channel),
  };
  const { everyone, users, roles } = mentionsIn(textOf(body), body['allowed_mentions'], rights);
  const known = users.filter((id) => directory.isUser(id));
  return {
    mention_everyone: everyone,
    mentions: known.map((id) => userPayload(directory, directory.user(id))),
    mention_roles: [...roles],
  };
}

function textOf(body: JsonObject): string {
  return typeof body['content'] === 'string' ? body['content'].trim() : '';
}

/** Resolves the attachments that embeds show; those are not listed beside them. */
function visibleParts(
  body: JsonObject,
  attachments: readonly APIAttachment[],
): Pick<Message, 'content' | 'embeds' | 'components' | 'attachments'> {
  const embeds = objectsIn(body['embeds']).map((embed) => withAttachments(embed, attachments));
  const shown = JSON.stringify(embeds);
  return {
    content: textOf(body),
    embeds,
    components: numberComponents(body['components']),
    attachments: attachments.filter(({ url }) => !shown.includes(url)),
  };
}

function withAttachments(embed: JsonObject, attachments: readonly APIAttachment[]): JsonObject {
  const resolved = ['image', 'thumbnail'].map((key) => [key, resolve(embed[key], attachments)] as const);
  return { ...embed, type: 'rich', ...Object.fromEntries(resolved.filter(([, media]) => media !== undefined)) };
}

function resolve(media: unknown, attachments: readonly APIAttachment[]): JsonObject | undefined {
  if (!isObject(media)) return undefined;
  const file = attachments.find(({ filename }) => media['url'] === `attachment://${filename}`);
  return file ? { ...media, url: file.url } : media;
}
