import { DiscordAPIError, RESTJSONErrorCodes, Routes, type APIMessage } from 'discord.js';

import { ask, type Sender } from '../rest/ask.ts';

const PAGE = 100;

/** The channel looks empty to the bot, because it lacks the permission to read the history. */
export class HistoryHiddenError extends Error {
  override readonly name = 'HistoryHiddenError';

  constructor(options?: ErrorOptions) {
    super('Give the bot the permission "Read Message History".', options);
  }
}

/**
 * Reads a channel's history forwards: the oldest page first, and each page oldest first.
 *
 * @param start An id that lies before all messages that are wanted.
 * @throws {HistoryHiddenError} when the bot may not read the history, or the error of a request.
 */
export async function* pagesSince(sender: Sender, channelId: string, start: string): AsyncGenerator<APIMessage[]> {
  let after = start;
  for (;;) {
    const page = await readPage(sender, channelId, { after });
    const inOrder = page.toSorted((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1));
    yield inOrder;
    const last = inOrder.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.id;
  }
}

/**
 * Reads a channel's history backwards: the newest page first, and each page newest first. The first page is empty where
 * there are no messages.
 *
 * @throws {HistoryHiddenError} when the bot may not read the history, or the error of a request.
 */
export async function* pagesBack(sender: Sender, channelId: string): AsyncGenerator<readonly APIMessage[]> {
  let page = await latestMessages(sender, channelId);
  yield page;
  for (let oldest = page.at(-1); oldest !== undefined && page.length === PAGE; oldest = page.at(-1)) {
    page = await readPage(sender, channelId, { before: oldest.id });
    yield page;
  }
}

/**
 * The latest messages of a channel, a hundred at most, newest first.
 *
 * @throws {HistoryHiddenError} when the bot may not read the history, or the error of a request.
 */
export function latestMessages(sender: Sender, channelId: string): Promise<readonly APIMessage[]> {
  return readPage(sender, channelId, {});
}

/**
 * An empty page is only believed when it was read between two looks at the permission, which may be taken away and given
 * back at any time: also in the middle of a long history, of which the rest then looks empty.
 */
async function readPage(
  sender: Sender,
  channelId: string,
  from: Readonly<Record<string, string>>,
): Promise<readonly APIMessage[]> {
  const query = new URLSearchParams({ ...from, limit: String(PAGE) });
  const read = (): Promise<readonly APIMessage[]> =>
    ask(sender, (rest, signal) => rest.get(Routes.channelMessages(channelId), { query, signal }));
  const page = await read();
  if (page.length > 0) return page;
  await requireReadable(sender, channelId);
  const again = await read();
  if (again.length === 0) await requireReadable(sender, channelId);
  return again;
}

/**
 * Tells an empty channel from one whose history the bot may not read: the list of messages is empty either way, but
 * of a single message, which need not exist, Discord says whether it is unknown or out of reach.
 *
 * @throws {HistoryHiddenError} when the bot may not read the history, or the error of the request.
 */
async function requireReadable(sender: Sender, channelId: string): Promise<void> {
  try {
    await ask(sender, (rest, signal) => rest.get(Routes.channelMessage(channelId, channelId), { signal }));
  } catch (error) {
    if (!(error instanceof DiscordAPIError)) throw error;
    if (error.code === RESTJSONErrorCodes.UnknownMessage) return;
    if (error.status === 403) throw new HistoryHiddenError({ cause: error });
    throw error;
  }
}
