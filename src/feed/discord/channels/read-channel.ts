import { ChannelType, Routes, type APIChannel } from 'discord.js';

import { ask, type Sender } from '../rest/ask.ts';

/** @throws The error of the request. */
export function readChannel(sender: Sender, channelId: string): Promise<APIChannel> {
  return ask(sender, (rest, signal) => rest.get(Routes.channel(channelId), { signal }));
}

/** True for a channel that takes threads in place of messages: a forum, or a media channel. */
export function isForum(type: ChannelType): boolean {
  return type === ChannelType.GuildForum || type === ChannelType.GuildMedia;
}
