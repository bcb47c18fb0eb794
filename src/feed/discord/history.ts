import { DiscordAPIError, RESTJSONErrorCodes, Routes, SnowflakeUtil, type APIMessage, type REST } from 'discord.js';

import type { MessageBody } from '../feed.ts';
import { fingerprint } from './fingerprint.ts';

const PAGE = 100;
/** Greatest expected difference between this machine's clock and Discord's. */
const SKEW_MS = 60_000;
/** A request that left at the intent's time has arrived by then, or never will. */
const LATEST_ARRIVAL_MS = 15 * 60_000;

/** The channel looks empty to the bot, because it lacks the permission to read the history. */
export class HistoryHiddenError extends Error {
  override readonly name = 'HistoryHiddenError';

  constructor(options?: ErrorOptions) {
    super('Give the bot the permission "Read Message History".', options);
  }
}

/**
 * Looks in a channel for the message that an earlier attempt may have made. The nonce is no help here: Discord forgets
 * it after a few minutes.
 *
 * @returns The message's id; undefined when there is none.
 * @throws {HistoryHiddenError} when the bot may not read the history, or the error of the request.
 */
export async function findPosted(
  rest: REST,
  channelId: string,
  body: MessageBody,
  intentAt: Date,
): Promise<string | undefined> {
  const wanted = fingerprint(body);
  const from = String(SnowflakeUtil.generate({ timestamp: intentAt.getTime() - SKEW_MS }));
  const to = intentAt.getTime() + SKEW_MS + LATEST_ARRIVAL_MS;
  let isEmpty = true;
  for await (const message of messagesSince(rest, channelId, from)) {
    isEmpty = false;
    if (SnowflakeUtil.timestampFrom(message.id) > to) return undefined;
    if (fingerprint(message) === wanted) return message.id;
  }
  if (isEmpty) await requireReadable(rest, channelId, from);
  return undefined;
}

/** Oldest first. */
async function* messagesSince(rest: REST, channelId: string, from: string): AsyncGenerator<APIMessage> {
  let after = from;
  for (;;) {
    const query = new URLSearchParams({ after, limit: String(PAGE) });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the documented answer of this route
    const page = (await rest.get(Routes.channelMessages(channelId), { query })) as APIMessage[];
    const inOrder = page.toSorted((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1));
    yield* inOrder;
    const last = inOrder.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.id;
  }
}

/**
 * Tells an empty channel from one whose history the bot may not read: the list of messages is empty either way, but
 * of a single message Discord says whether it is unknown or out of reach.
 */
async function requireReadable(rest: REST, channelId: string, messageId: string): Promise<void> {
  try {
    await rest.get(Routes.channelMessage(channelId, messageId));
  } catch (error) {
    if (!(error instanceof DiscordAPIError)) throw error;
    if (error.code === RESTJSONErrorCodes.UnknownMessage) return;
    if (error.status === 403) throw new HistoryHiddenError({ cause: error });
    throw error;
  }
}
