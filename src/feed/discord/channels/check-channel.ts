import {
  ChannelType,
  PermissionFlagsBits,
  type APIChannel,
  type APIThreadChannel,
  type PermissionsString,
  type REST,
} from 'discord.js';

import { systemClock, type Clock } from '../../../store/clock.ts';
import { FeedChannelError } from '../../errors.ts';
import { readPresence, type Presence } from './permissions.ts';
import { isForum, readChannel } from './read-channel.ts';
import { classifyPostError, describePostError } from '../refusals/classify-error.ts';

/** Options of {@link checkChannel}. */
export interface ChannelCheckOptions {
  /** True for a feed with `thread`, whose items become posts of a forum. Default: false. */
  readonly asForumPosts?: boolean | undefined;
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
}

/**
 * Finds out what keeps the bot from posting in a channel: a wrong id, a kind of channel that takes no messages, a locked
 * thread, and each permission that it lacks there. Posts nothing. Makes up to five requests, each of which ends within 45
 * seconds.
 *
 * @returns A sentence for each problem, with what to do; none for a channel that takes posts.
 * @throws {FeedChannelError} when Discord could not be asked, because it refuses the token or cannot be reached. Its
 *   `cause` is the error of the request.
 * @example
 * ```ts
 * client.once('clientReady', async ({ rest }) => {
 *   for (const problem of await checkChannel(rest, channelId)) client.logger.error(problem);
 * });
 * ```
 */
export async function checkChannel(
  rest: REST,
  channelId: string,
  { asForumPosts = false, clock = systemClock }: ChannelCheckOptions = {},
): Promise<readonly string[]> {
  const sender = { rest, clock };
  try {
    const channel = await readChannel(sender, channelId);
    const kind = problemOfKind(channel, asForumPosts);
    if (kind !== undefined) return [kind];
    if (!('guild_id' in channel) || channel.guild_id === undefined) return [];
    const home = isThread(channel) ? await readChannel(sender, channel.parent_id ?? channelId) : channel;
    const overwrites = ('permission_overwrites' in home && home.permission_overwrites) || [];
    const presence = await readPresence(sender, { guildId: channel.guild_id, overwrites });
    return [...problemsOfThread(channel, presence), ...problemsOfPresence(channel, presence)];
  } catch (error) {
    const reason = describePostError(error);
    if (classifyPostError(error) === 'channel') return [`The channel ${channelId} cannot be used: ${reason}.`];
    throw new FeedChannelError(`The channel ${channelId} could not be checked: ${reason}.`, channelId, {
      cause: error,
    });
  }
}

/** Kinds of channels with messages of their own. In voice and stage channels it is the chat beside the talk. */
const WITH_MESSAGES: ReadonlySet<ChannelType> = new Set([
  ChannelType.GuildText,
  ChannelType.DM,
  ChannelType.GuildVoice,
  ChannelType.GroupDM,
  ChannelType.GuildAnnouncement,
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
  ChannelType.GuildStageVoice,
]);

/** Names of the kinds without. */
const WITHOUT_MESSAGES: ReadonlyMap<ChannelType, string> = new Map([
  [ChannelType.GuildCategory, 'a category'],
  [ChannelType.GuildDirectory, 'a directory'],
  [ChannelType.GuildForum, 'a forum'],
  [ChannelType.GuildMedia, 'a media channel'],
]);

function problemOfKind({ id, type }: APIChannel, asForumPosts: boolean): string | undefined {
  if (WITH_MESSAGES.has(type) || (asForumPosts && isForum(type))) return undefined;
  const kind = WITHOUT_MESSAGES.get(type) ?? `of type ${type}`;
  const other = isForum(type) ? ', or give the feed a thread() that names its posts' : '';
  return `The channel ${id} is ${kind}, which takes no messages: choose a text channel, an announcement channel or a thread${other}.`;
}

function isThread(channel: APIChannel): channel is APIThreadChannel {
  return 'thread_metadata' in channel;
}

/** A thread that is merely archived is opened by the next message. */
function problemsOfThread(channel: APIChannel, { permissions }: Presence): string[] {
  const isLocked = isThread(channel) && channel.thread_metadata?.locked === true;
  if (!isLocked || (permissions & PermissionFlagsBits.ManageThreads) !== 0n) return [];
  return [`The thread ${channel.id} is locked: unlock it, or give the bot the permission "Manage Threads".`];
}

/** The permissions that posts need, by the names that people read in Discord. */
const names = {
  ViewChannel: 'View Channel',
  SendMessages: 'Send Messages',
  SendMessagesInThreads: 'Send Messages in Threads',
  EmbedLinks: 'Embed Links',
  ReadMessageHistory: 'Read Message History',
} as const satisfies Partial<Record<PermissionsString, string>>;

type Needed = keyof typeof names;

function problemsOfPresence(channel: APIChannel, { permissions, timedOutUntil }: Presence): string[] {
  const missing = neededIn(channel).filter((name) => (permissions & PermissionFlagsBits[name]) === 0n);
  const problems = missing.map((name) => `The bot lacks the permission "${names[name]}" in the channel ${channel.id}.`);
  if (timedOutUntil === undefined) return problems;
  return [`The bot is timed out in its server until ${timedOutUntil.toISOString()}.`, ...problems];
}

function neededIn(channel: APIChannel): readonly Needed[] {
  const sending: readonly Needed[] = isThread(channel) ? ['SendMessagesInThreads'] : ['SendMessages'];
  const inPosts: readonly Needed[] = isForum(channel.type) ? ['SendMessagesInThreads'] : [];
  return ['ViewChannel', ...sending, ...inPosts, 'EmbedLinks', 'ReadMessageHistory'];
}
