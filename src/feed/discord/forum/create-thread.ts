import { Routes } from 'discord.js';

import type { ForumThread } from '../../feed.ts';
import { NOBODY } from '../../mentions.ts';
import type { PlainBody } from '../message/plain-body.ts';
import { watchTries, type Tries } from '../rest/request-guard.ts';
import { ask, type Sender } from '../rest/ask.ts';
import { messageIdOf, type Answer } from '../message/send.ts';

/**
 * Creates a thread of a forum with its first message, which has the thread's id. Never rejects. Discord knows no nonce
 * here: the request is not repeated once it may have been applied.
 */
export async function createThread(
  sender: Sender,
  forumId: string,
  body: PlainBody,
  thread: ForumThread,
): Promise<Answer> {
  const tries: Tries = { inDoubt: false, isRepeatable: false };
  try {
    const answer = await ask(sender, (rest, signal) =>
      watchTries(tries, () => rest.post(Routes.threads(forumId), { body: requestOf(body, thread), signal })),
    );
    return { messageId: messageIdOf(answer) };
  } catch (error) {
    return { error, inDoubt: tries.inDoubt };
  }
}

function requestOf(body: PlainBody, { name, tagIds, autoArchiveMinutes }: ForumThread): object {
  return {
    name,
    message: { allowed_mentions: NOBODY, ...body },
    ...(tagIds !== undefined && { applied_tags: [...tagIds] }),
    ...(autoArchiveMinutes !== undefined && { auto_archive_duration: autoArchiveMinutes }),
  };
}
