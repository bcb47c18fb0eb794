import type { Client } from 'discord.js';

/** The guild of a channel, which is part of the link to a message; undefined when the bot does not know it. */
export function guildOfChannel(client: Client, channelId: string): string | undefined {
  const channel = client.channels.cache.get(channelId);
  return channel !== undefined && 'guildId' in channel ? (channel.guildId ?? undefined) : undefined;
}
