import type { Overwrite } from './permissions.ts';
import type { ChannelSeed, ForumTagSeed } from './world.ts';

/** A channel of a guild, a thread, or a channel of direct messages with one person. */
export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly type: number;
  readonly guildId?: string;
  readonly recipientId?: string;
  /** The category of a channel, or the channel of a thread. */
  readonly parentId?: string;
  /** Permissions that members and roles have or lack here. A thread has those of its parent. */
  readonly overwrites: readonly Overwrite[];
  /** The tags of a forum. */
  readonly tags: readonly ForumTagSeed[];
  /** True for a forum whose threads need a tag. */
  readonly requiresTag: boolean;
  /** Undefined for anything but a thread. */
  readonly thread?: ThreadState;
}

export interface ThreadState {
  readonly ownerId: string;
  readonly archived: boolean;
  readonly locked: boolean;
  /** The time when it was created, archived or reopened last, in milliseconds since the epoch. */
  readonly changedAt: number;
  readonly createdAt: number;
  readonly appliedTags: readonly string[];
}

/** The time from which everything is that exists at the start. */
export const LONG_AGO_MS = Date.UTC(2024, 0, 1);

export function channelFrom(seed: ChannelSeed, guildId: string, ownerId: string): Channel {
  const { id, name, type = 0, parentId, overwrites = [], tags = [], requiresTag = false, thread } = seed;
  const times = { createdAt: LONG_AGO_MS, changedAt: LONG_AGO_MS };
  return {
    id,
    name,
    type,
    guildId,
    overwrites,
    tags,
    requiresTag,
    ...(parentId !== undefined && { parentId }),
    ...(thread && { thread: { ownerId, archived: false, locked: false, appliedTags: [], ...thread, ...times } }),
  };
}
