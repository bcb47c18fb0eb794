import { Intent } from './gateway/events.ts';
import { type Embed, type Message, MessageFlag } from './messages/message.ts';
import type { Services } from './services.ts';
import { isThread } from './world/channel-type.ts';
import type { Channel } from './world/channel.ts';
import { channelPayload } from './world/payloads.ts';
import { has, Permission, type PermissionName } from './world/permissions.ts';

/** The acts of moderators, and of Discord itself, on channels, threads and messages. */
export class Moderation {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  /** Deletes any message, as a moderator can. */
  deleteMessage(channelId: string, id: string): void {
    const { messages, directory } = this.#services;
    messages.delete(messages.get(channelId, id), directory.channel(channelId));
  }

  /** Hides the embeds of a message, as a moderator can. Nobody gets them from the API then. */
  hideEmbeds(channelId: string, id: string): Message {
    const { messages, directory } = this.#services;
    const message = messages.get(channelId, id);
    const flags = message.flags | MessageFlag.suppressEmbeds;
    return messages.change(message, directory.channel(channelId), { flags, embeds: [] });
  }

  /**
   * Adds a preview of the first link in the content, as Discord does some time after the post. Nothing happens when the
   * embeds are hidden, and when the author may not embed links.
   *
   * @param preview Parts that are to be different. The type is `article`, unless it says `link`, `video` and so on.
   * @throws When there is no link in the content.
   */
  addLinkPreview(channelId: string, id: string, preview: Embed = {}): Message {
    const { messages, directory } = this.#services;
    const [message, channel] = [messages.get(channelId, id), directory.channel(channelId)];
    const [url] = /https?:\/\/[^\s<>]+/.exec(message.content) ?? [];
    if (url === undefined) throw new Error(`There is no link in message ${id}: ${message.content}`);
    const isHidden = (message.flags & MessageFlag.suppressEmbeds) !== 0;
    if (isHidden || !has(directory.permissions(message.author.id, channel), 'embedLinks')) return message;
    const embed = { type: 'article', url, title: 'From the page itself', description: 'Its first words.', ...preview };
    return messages.change(message, channel, { embeds: [...message.embeds, embed] });
  }

  /**
   * Takes permissions in a channel from the bot, or from everybody who has a role. The others that were taken before
   * are given back.
   *
   * @param permissions Default: the permission to send messages.
   * @param roleId The role that loses them; the id of a guild is that of its role `@everyone`. Default: the bot itself.
   */
  denyChannel(channelId: string, permissions: readonly PermissionName[] = ['sendMessages'], roleId?: string): void {
    const { directory } = this.#services;
    const deny = permissions.reduce((bits, name) => bits | Permission[name], 0n);
    const of = roleId === undefined ? 'member' : 'role';
    const overwrite = { id: roleId ?? directory.world.bot.id, of, allow: 0n, deny } as const;
    this.#announceChannel('CHANNEL_UPDATE', directory.setOverwrite(channelId, overwrite));
  }

  /** Gives back the permissions that `denyChannel` took. */
  allowChannel(channelId: string, roleId?: string): void {
    this.denyChannel(channelId, [], roleId);
  }

  /** Deletes a channel with its threads, or a thread. */
  removeChannel(channelId: string): void {
    const channel = this.#services.directory.removeChannel(channelId);
    this.#announceChannel(isThread(channel) ? 'THREAD_DELETE' : 'CHANNEL_DELETE', channel);
  }

  /** Turns a channel into one of another type. On Discord that is possible between text and announcement channels. */
  setChannelType(channelId: string, type: number): void {
    const { directory } = this.#services;
    this.#announceChannel('CHANNEL_UPDATE', directory.put({ ...directory.channel(channelId), type }));
  }

  /** Archives a thread. The next message reopens it, unless it is locked as well. */
  archiveThread(threadId: string): void {
    this.#services.threads.change(this.#services.directory.channel(threadId), { archived: true });
  }

  /** Locks a thread: only people who may manage threads can post in it or reopen it. */
  lockThread(threadId: string): void {
    this.#services.threads.change(this.#services.directory.channel(threadId), { locked: true });
  }

  /** Unlocks a thread, and takes it out of the archive. */
  reopenThread(threadId: string): void {
    this.#services.threads.change(this.#services.directory.channel(threadId), { archived: false, locked: false });
  }

  #announceChannel(type: string, channel: Channel): void {
    const { gateway, directory } = this.#services;
    const data = channelPayload(directory, channel);
    gateway.publish({ type, data, guildId: channel.guildId, intent: Intent.guilds });
  }
}
