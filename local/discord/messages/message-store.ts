import type { APIAttachment } from 'discord.js';
import type { Clock } from '../../clock.ts';
import { unknownMessage } from '../api-error.ts';
import type { Changes } from '../changes.ts';
import { messageIntent, type Publish } from '../gateway/events.ts';
import type { JsonObject } from '../json.ts';
import type { UploadedFile } from '../request-body.ts';
import { compareSnowflakes, type Snowflakes } from '../snowflake.ts';
import type { Channel } from '../world/channel.ts';
import type { Directory } from '../world/directory.ts';
import { attachmentsAfter } from './attachments.ts';
import { buildMessage, editMessage, type Message, MessageFlag } from './message.ts';
import { type Rewrite, rewriteBody } from './rewrites.ts';
import { refuseEmpty } from './validate-message.ts';

export interface Creation {
  readonly channel: Channel;
  readonly authorId: string;
  readonly body: JsonObject;
  readonly files?: readonly UploadedFile[];
  readonly extra?: Partial<Message>;
}

interface Dependencies {
  readonly clock: Clock;
  readonly snowflakes: Snowflakes;
  readonly directory: Directory;
  readonly publish: Publish;
  readonly changes: Changes;
  /** Applied to every message before it is shown. */
  readonly rewrites: readonly Rewrite[];
  /** The address under which attachments are served. */
  readonly origin: string;
}

/** Keeps every message. None is changed in place: a message that was returned earlier stays as it was. */
export class MessageStore {
  readonly #services: Dependencies;
  readonly #channels = new Map<string, Map<string, Message>>();

  constructor(services: Dependencies) {
    this.#services = services;
  }

  create({ channel, authorId, body: sent, files = [], extra }: Creation): Message {
    const { directory, snowflakes, rewrites } = this.#services;
    const body = rewriteBody(rewrites, sent, directory, channel);
    const attachments = attachmentsAfter(body, files, [], (file) => this.#place(channel, file));
    const isLoading = ((extra?.flags ?? 0) & MessageFlag.loading) !== 0;
    if (!isLoading) refuseEmpty({ ...body, attachments });
    const draft = { id: snowflakes.next(), authorId, channel, timestamp: this.#timestamp(), attachments };
    const message = buildMessage(directory, body, extra ? { ...draft, extra } : draft);
    this.#keep(message);
    const answer = withNonce(message, body['nonce']);
    this.#announce('MESSAGE_CREATE', answer, channel);
    return answer;
  }

  edit(message: Message, channel: Channel, sent: JsonObject, files: readonly UploadedFile[] = []): Message {
    const { directory, rewrites } = this.#services;
    const body = rewriteBody(rewrites, sent, directory, channel);
    const attachments = attachmentsAfter(body, files, message.attachments, (file) => this.#place(channel, file));
    const edit = { authorId: message.author.id, channel, timestamp: this.#timestamp() };
    const edited = editMessage(directory, message, body, attachments, edit);
    refuseEmpty(edited);
    this.#keep(edited);
    this.#announce('MESSAGE_UPDATE', edited, channel);
    return edited;
  }

  /** Changes a message as Discord does by itself: it does not count as edited. */
  change(message: Message, channel: Channel, changes: Partial<Message>): Message {
    const changed = { ...message, ...changes };
    this.#keep(changed);
    this.#announce('MESSAGE_UPDATE', changed, channel);
    return changed;
  }

  delete(message: Message, channel: Channel): void {
    this.#channels.get(message.channel_id)?.delete(message.id);
    this.#announce('MESSAGE_DELETE', message, channel);
  }

  find(channelId: string, id: string): Message | undefined {
    return this.#channels.get(channelId)?.get(id);
  }

  get(channelId: string, id: string): Message {
    const message = this.find(channelId, id);
    if (!message) throw unknownMessage();
    return message;
  }

  /** Lists the messages that everybody in the channel can see, oldest first. */
  in(channelId: string): readonly Message[] {
    const messages = [...(this.#channels.get(channelId)?.values() ?? [])];
    return messages.filter((message) => !isEphemeral(message)).toSorted((a, b) => compareSnowflakes(a.id, b.id));
  }

  #place(channel: Channel, { name }: UploadedFile): Pick<APIAttachment, 'id' | 'url'> {
    const id = this.#services.snowflakes.next();
    return { id, url: `${this.#services.origin}/attachments/${channel.id}/${id}/${encodeURIComponent(name)}` };
  }

  #timestamp(): string {
    return new Date(this.#services.clock.now()).toISOString();
  }

  #keep(message: Message): void {
    const channel = this.#channels.get(message.channel_id) ?? new Map<string, Message>();
    this.#channels.set(message.channel_id, channel.set(message.id, message));
  }

  #announce(type: string, message: Message, { guildId }: Channel): void {
    // The gateway is silent about ephemeral messages: one person alone sees them.
    if (isEphemeral(message)) return this.#services.changes.announce();
    const place = { channel_id: message.channel_id, ...(guildId !== undefined && { guild_id: guildId }) };
    const data = type === 'MESSAGE_DELETE' ? { id: message.id, ...place } : { ...message, ...place };
    this.#services.publish({ type, data, guildId, intent: messageIntent(guildId) });
  }
}

/** Adds the nonce, which only the author gets, and only from the creation. */
export function withNonce(message: Message, nonce: unknown): Message {
  return typeof nonce === 'string' || typeof nonce === 'number' ? { ...message, nonce } : message;
}

export function isEphemeral({ flags }: Message): boolean {
  return (flags & MessageFlag.ephemeral) !== 0;
}
