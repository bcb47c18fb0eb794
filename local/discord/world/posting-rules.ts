import { missingPermissions, notTextChannel, threadArchived, threadLocked } from '../api-error.ts';
import { hasMessages, isThread } from './channel-type.ts';
import type { Channel } from './channel.ts';
import type { Directory } from './directory.ts';

/** @throws Discord's error answer when the bot cannot post in a channel that it sees. */
export function refusePosting(directory: Directory, channel: Channel): void {
  if (!hasMessages(channel)) throw notTextChannel();
  // In threads, the permission to send messages has no effect.
  if (!directory.botMay(isThread(channel) ? 'sendMessagesInThreads' : 'sendMessages', channel))
    throw missingPermissions();
  refuseLocked(directory, channel);
}

/** @throws Discord's error answer when the bot cannot change a message of its own in the channel. */
export function refuseEditing(directory: Directory, channel: Channel): void {
  if (channel.thread?.archived === true) throw threadArchived();
  refuseLocked(directory, channel);
}

/** Refuses a locked thread to everybody who may not manage threads. Unlike any other, it is not reopened by a post. */
function refuseLocked(directory: Directory, channel: Channel): void {
  const { thread } = channel;
  if (thread?.locked !== true || directory.botMay('manageThreads', channel)) return;
  throw thread.archived ? threadArchived() : threadLocked();
}
