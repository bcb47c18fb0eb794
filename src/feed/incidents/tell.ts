import { MessageFlags } from 'discord.js';

import type { Incident, Incidents } from '../../store/contract/incidents.ts';
import { latestMessages } from '../discord/channels/history.ts';
import { classifyPostError } from '../discord/refusals/classify-error.ts';
import type { PlainBody } from '../discord/message/plain-body.ts';
import type { Sender } from '../discord/rest/ask.ts';
import { send } from '../discord/message/send.ts';
import { FeedUnauthorizedError } from '../errors.ts';
import { markOf } from './words.ts';

/** Where messages about incidents go. */
export interface Destination extends Sender {
  readonly channelId: string;
}

/**
 * Tells of an incident in its present state, once, whatever became of earlier attempts and whoever else tells it.
 *
 * An earlier request may have made the message. So the latest messages of the channel are looked at first, which needs no
 * clock; and the nonce, as long as Discord remembers it, makes one message of requests that are under way.
 *
 * @returns The error for which it has to be tried again; undefined when there is nothing left to tell.
 * @throws {FeedUnauthorizedError} when the bot token is no longer valid.
 */
export async function tell(
  destination: Destination,
  book: Incidents,
  incident: Incident,
  content: string,
): Promise<unknown> {
  const startedAt = destination.clock.now();
  const pending = await book.saveIntent(incident);
  if (pending === null) return undefined;
  const intentAt = pending.intentAt?.getTime() ?? startedAt;
  const isFirst = intentAt >= startedAt && intentAt <= destination.clock.now();
  return isFirst ? sendFirst(destination, book, pending, content) : lookAndSend(destination, book, pending, content);
}

async function lookAndSend(
  destination: Destination,
  book: Incidents,
  incident: Incident,
  content: string,
): Promise<unknown> {
  try {
    if (await isInHistory(destination, markOf(incident))) return await markTold(book, incident);
  } catch (error) {
    return error;
  }
  await book.dropIntent(incident);
  const pending = await book.saveIntent(incident);
  return pending === null ? undefined : sendFirst(destination, book, pending, content);
}

async function sendFirst(
  destination: Destination,
  book: Incidents,
  incident: Incident,
  content: string,
): Promise<unknown> {
  const answer = await sendOnce(destination, incident, content);
  if ('error' in answer && !answer.inDoubt) await book.dropIntent(incident);
  return 'error' in answer ? answer.error : markTold(book, incident);
}

async function markTold(book: Incidents, incident: Incident): Promise<undefined> {
  await book.markTold(incident);
}

async function sendOnce(destination: Destination, { id, overAt }: Incident, content: string) {
  const name = `incident:${id}:${overAt === null ? 'failing' : 'over'}`;
  const body: PlainBody = { content, flags: MessageFlags.SuppressEmbeds };
  const answer = await send(destination, name, destination.channelId, body);
  if ('messageId' in answer) return answer;
  const kind = classifyPostError(answer.error);
  if (kind === 'unauthorized') throw new FeedUnauthorizedError({ cause: answer.error });
  // It was made, and deleted since.
  return kind === 'posted' ? { messageId: null } : answer;
}

/** @throws When the history cannot be read: nobody knows then. */
async function isInHistory(destination: Destination, mark: string): Promise<boolean> {
  const { channelId } = destination;
  const messages = await latestMessages(destination, channelId);
  return messages.some(({ content }) => content.includes(mark));
}
