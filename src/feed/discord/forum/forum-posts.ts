import { DiscordAPIError, RESTJSONErrorCodes, Routes, type APIMessage, type APIThreadChannel } from 'discord.js';

import { mayBeNamed } from '../doubt/fingerprint.ts';
import { isWithin, type Listing, type PostQuery, type Stretch } from '../doubt/history.ts';
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
 * Lists the threads that a user began in a forum in a stretch of time, archived ones included. The first message of one
 * is only asked for where the thread has the right name.
 *
 * @throws The error of a request.
 */
export async function listForumPosts(sender: Sender, forum: Forum, { userId, stretch }: PostQuery): Promise<Listing> {
  const { threads, isComplete } = await threadsSince(sender, forum, stretch);
  const own = threads.filter(({ id, owner_id: ownerId }) => ownerId === userId && isWithin(stretch, id));
  const inOrder = [...new Map(own.map((thread) => [thread.id, thread])).values()].toSorted((one, other) =>
    BigInt(one.id) < BigInt(other.id) ? -1 : 1,
  );
  return {
    isComplete,
    like: (sent) =>
      firstMessages(
        sender,
        inOrder.filter(({ name }) => mayBeNamed(sent, name)),
      ),
  };
}

/** The first messages of the threads, with the threads' names. */
async function firstMessages(sender: Sender, threads: readonly APIThreadChannel[]): Promise<APIMessage[]> {
  const messages: APIMessage[] = [];
  for (const { id, name } of threads) {
    const message = await firstMessage(sender, id);
    if (message !== undefined) messages.push(withThreadName(name, message));
  }
  return messages;
}

/**
 * Each list is read twice, in turn. A thread that goes from one list to the other, and perhaps back, is found all the same,
 * and so are the active ones of a forum that is hidden from the bot for the time of a request: Discord lists those of the
 * whole server that the bot may see, while it refuses the archived ones.
 */
async function threadsSince(
  sender: Sender,
  { guildId, channelId }: Forum,
  { from }: Stretch,
): Promise<{ readonly threads: APIThreadChannel[]; readonly isComplete: boolean }> {
  const active = async (): Promise<readonly APIThreadChannel[]> => {
    const { threads } = await listThreads(sender, Routes.guildActiveThreads(guildId));
    return threads.filter(({ parent_id: parentId }) => parentId === channelId);
  };
  const { threads: archived, isComplete } = await archivedSince(sender, channelId, from);
  const threads = [...archived, ...(await active())];
  threads.push(...(await listArchived(sender, channelId)).threads);
  threads.push(...(await active()));
  return { threads, isComplete };
}

/** A thread is archived later than it was begun. */
async function archivedSince(
  sender: Sender,
  channelId: string,
  from: number,
): Promise<{ readonly threads: APIThreadChannel[]; readonly isComplete: boolean }> {
  const threads: APIThreadChannel[] = [];
  let before: string | undefined;
  let isComplete = false;
  for (let page = 0; page < MAX_PAGES && !isComplete; page += 1) {
    const archived = await listArchived(sender, channelId, before);
    threads.push(...archived.threads);
    before = archived.threads.at(-1)?.thread_metadata?.archive_timestamp;
    isComplete = !archived.has_more || before === undefined || Date.parse(before) < from;
  }
  return { threads, isComplete };
}

interface ThreadList {
  readonly threads: readonly APIThreadChannel[];
  readonly has_more?: boolean;
}

/** The threads that were archived before that time, the latest first. */
function listArchived(sender: Sender, channelId: string, before?: string): Promise<ThreadList> {
  const query = new URLSearchParams({ limit: '100', ...(before !== undefined && { before }) });
  return listThreads(sender, Routes.channelThreads(channelId, 'public'), query);
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
