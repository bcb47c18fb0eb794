import { isForum } from './channel-type.ts';
import type { Channel, ThreadState } from './channel.ts';

/** The minutes after which a thread leaves the channel list. */
const AUTO_ARCHIVE_MINUTES = 4320;

/** The flag of a forum whose threads need a tag. */
const REQUIRE_TAG = 1 << 4;

/** Describes a channel of a guild, or a thread. */
export function guildChannelPayload(channel: Channel): object {
  const { id, name, type, guildId, parentId, thread } = channel;
  const shared = { id, name, type, guild_id: guildId, parent_id: parentId ?? null, rate_limit_per_user: 0 };
  if (thread) return { ...shared, ...threadFields(thread) };
  return {
    ...shared,
    position: 0,
    topic: null,
    nsfw: false,
    last_message_id: null,
    permission_overwrites: overwritesOf(channel),
    flags: channel.requiresTag ? REQUIRE_TAG : 0,
    ...(isForum(channel) && forumFields(channel)),
  };
}

function threadFields({ ownerId, archived, locked, changedAt, createdAt, appliedTags }: ThreadState): object {
  return {
    owner_id: ownerId,
    last_message_id: null,
    message_count: 0,
    member_count: 1,
    total_message_sent: 0,
    flags: 0,
    applied_tags: appliedTags,
    thread_metadata: {
      archived,
      locked,
      archive_timestamp: isoTime(changedAt),
      auto_archive_duration: AUTO_ARCHIVE_MINUTES,
      create_timestamp: isoTime(createdAt),
    },
  };
}

function forumFields({ tags }: Channel): object {
  return {
    available_tags: tags.map(({ id, name, moderated = false }) => ({
      id,
      name,
      moderated,
      emoji_id: null,
      emoji_name: null,
    })),
    default_reaction_emoji: null,
    default_sort_order: null,
    default_forum_layout: 0,
  };
}

function overwritesOf({ overwrites }: Channel): object[] {
  return overwrites.map(({ id, of, allow, deny }) => ({
    id,
    type: of === 'role' ? 0 : 1,
    allow: String(allow),
    deny: String(deny),
  }));
}

/** Writes a time as Discord does, in milliseconds since the epoch. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000+00:00');
}
