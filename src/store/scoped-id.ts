import { createHash } from 'node:crypto';

import { idProblem } from './ids.ts';

/** Stands between a feed and a key. It is a control character, which no key that people read has. */
const SEPARATOR = '\u001F';

/** Leaves room for the hash, within the length of an id. */
const MAX_LABEL_LENGTH = 400;

/**
 * The id under which a scoped feed's item is stored: the feed's name and the key. Where that can be no id, because it
 * is too long for example, it is the feed's name and a hash of both.
 *
 * @example
 * await requireSeenStore().isSeen(scopedId('blog', post.guid));
 */
export function scopedId(feed: string, key: string): string {
  const id = `${feed}${SEPARATOR}${key}`;
  const isOneToOne = !feed.includes(SEPARATOR);
  return isOneToOne && idProblem(id) === undefined ? id : hashedId(feed, key);
}

/**
 * The key of a stored id, for people to read: what follows the feed's name in the id of a scoped feed, else the id as
 * it is. Of a key that was too long it is the hash.
 */
export function keyOf(feed: string, id: string): string {
  const prefix = [feed, labelOf(feed)].map((name) => `${name}${SEPARATOR}`).find((start) => id.startsWith(start)) ?? '';
  return id.slice(prefix.length);
}

function hashedId(feed: string, key: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([feed, key]))
    .digest('base64url');
  return `${labelOf(feed)}${SEPARATOR}#${hash}`;
}

/** The feed's name as far as it can be a part of an id. */
function labelOf(feed: string): string {
  const cut = feed.length > MAX_LABEL_LENGTH ? feed.slice(0, MAX_LABEL_LENGTH) : feed;
  return cut.toWellFormed().replaceAll('\0', ' ').replaceAll(SEPARATOR, ' ');
}
