import { DiscordAPIError, RESTJSONErrorCodes, Routes, type APIMessage, type APIThreadChannel } from 'discord.js';

import { mayBeNamed } from '../doubt/fingerprint.ts';
import { isWithin, type PostQuery, type PostsOfUser, type Stretch } from '../doubt/history.ts';
import { ask, type Sender } from '../rest/ask.ts';

/** Pages of archived threads that are read, at most. */
const MAX_PAGES = 50;

/** A forum, as its threads are listed. */
export interface Forum {
  readonly guildId: string;
  readonly channelId: string;
}

/** A message together with the name of the thread that it begins: that is what a forum shows of a post. */
export function withThreadName<Message>(name: string, message: Message): Message & { readonly thread_name: string } {
  return { ...message, thread_name: name };
}

/**
 * Looks through a forum's threads for those that a user began in a stretch of time, archived ones included. The first
 * message is only asked for where the thread has the right name.
 *
 * @returns Their first messages, with the threads' names, oldest first.
 * @throws The error of a request.
 */
export async function forumPostsOf(
  sender: Sender,
  forum: Forum,
  { userId, stretch, fingerprints }: PostQuery,
): Promise<PostsOfUser> {
  const { threads, isComplete } = await threadsSince(sender, forum, stretch);
  const wanted = threads.filter(
    ({ id, owner_id: ownerId, name }) => ownerId === userId && isWithin(stretch, id) && mayBeNamed(fingerprints, name),
  );
  const inOrder = [...new Map(wanted.map((thread) => [thread.id, thread])).values()].toSorted((one, other) =>
    BigInt(one.id) < BigInt(other.id) ? -1 : 1,
  );
  const messages: APIMessage[] = [];
  for (const { id, name } of inOrder) {
    const message = await firstMessage(sender, id);
    if (message !== undefined) messages.push(withThreadName(name, message));
  }
  return { messages, isComplete };
}

/** Active threads are listed for the whole server. A thread is archived later than it was begun. */
async function threadsSince(
  sender: Sender,
  { guildId, channelId }: Forum,
  { from }: Stretch,
): Promise<{ readonly threads: APIThreadChannel[]; readonly isComplete: boolean }> {
  // Archived first: a thread that is opened meanwhile is among the active ones.
  const threads: APIThreadChannel[] = [];
  let before: string | undefined;
  let isComplete = false;
  for (let page = 0; page < MAX_PAGES && !isComplete; page += 1) {
    const query = new URLSearchParams({ limit: '100', ...(before !== undefined && { before }) });
    const archived = await listThreads(sender, Routes.channelThreads(channelId, 'public'), query);
    threads.push(...archived.threads);
    before = archived.threads.at(-1)?.thread_metadata?.archive_timestamp;
    isComplete = !archived.has_more || before === undefined || Date.parse(before) < from;
  }
  const active = await listThreads(sender, Routes.guildActiveThreads(guildId));
  threads.push(...active.threads.filter(({ parent_id: parentId }) => parentId === channelId));
  return { threads, isComplete };
}

interface ThreadList {
  readonly threads: readonly APIThreadChannel[];
  readonly has_more?: boolean;
}

function listThreads(sender: Sender, route: `/${string}`, query?: URLSearchParams): Promise<ThreadList> {
  return ask(sender, (rest, signal) => rest.get(route, { signal, ...(query !== undefined && { query }) }));
}

/** The message that the thread began with; undefined when somebody has deleted it. */
async function firstMessage(sender: Sender, threadId: string): Promise<APIMessage | undefined> {
  try {
    return await ask(sender, (rest, signal) => rest.get(Routes.channelMessage(threadId, threadId), { signal }));
  } catch (error) {
    if (error instanceof DiscordAPIError && error.code === RESTJSONErrorCodes.UnknownMessage) return undefined;
    throw error;
  }
}
