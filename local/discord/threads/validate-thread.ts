import { formError, missingPermissions, noTagForMembers, tagRequired, unknownTag } from '../api-error.ts';
import type { Channel } from '../world/channel.ts';

const NAME_LIMIT = 100;
const TAGS_LIMIT = 5;

/** @throws Discord's form error. */
export function checkThreadName(name: unknown): string {
  if (name === undefined) throw formError(['name'], 'BASE_TYPE_REQUIRED', 'This field is required');
  if (typeof name !== 'string') throw formError(['name'], 'STRING_TYPE_CONVERT', 'Could not interpret as string.');
  if (name.trim().length < 1 || name.length > NAME_LIMIT)
    throw formError(['name'], 'BASE_TYPE_BAD_LENGTH', `Must be between 1 and ${NAME_LIMIT} in length.`);
  return name.trim();
}

/**
 * Checks the tags that a thread of the forum is to have.
 *
 * @throws Discord's error answer when there are too many, when one is unknown or reserved for those who may manage
 *   threads, and when there is none although the forum requires one.
 */
export function appliedTagsIn(forum: Channel, value: unknown, mayManageThreads: boolean): readonly string[] {
  const ids = Array.isArray(value) ? value.map(String) : [];
  if (ids.length > TAGS_LIMIT)
    throw formError(['applied_tags'], 'BASE_TYPE_MAX_LENGTH', `Must be ${TAGS_LIMIT} or fewer in length.`);
  const known = new Map(forum.tags.map((tag) => [tag.id, tag]));
  if (ids.some((id) => !known.has(id))) throw unknownTag();
  if (!mayManageThreads && ids.some((id) => known.get(id)?.moderated === true)) throw missingPermissions();
  if (ids.length === 0 && forum.requiresTag)
    throw mayChoose(forum, mayManageThreads) ? tagRequired() : noTagForMembers();
  return ids;
}

function mayChoose({ tags }: Channel, mayManageThreads: boolean): boolean {
  return tags.some(({ moderated = false }) => mayManageThreads || !moderated);
}
