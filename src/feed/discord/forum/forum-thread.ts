import type { ForumThread } from '../../feed.ts';
import { clipLine } from './clip-line.ts';
import type { PlainBody } from '../message/plain-body.ts';

/** Discord's limit, in code units. */
const NAME_LENGTH = 100;

/** A post as it is sent. */
export interface Post {
  readonly body: PlainBody;
  /** The thread around the message where the destination is a forum; undefined for a feed that posts in none. */
  readonly thread: ForumThread | undefined;
}

/** The thread as it is sent: without a name of the feed's it is named after the message. */
export function threadOf(body: PlainBody, chosen: ForumThread): ForumThread {
  const names = [
    chosen.name,
    body.embeds?.[0]?.title,
    firstLine(body.content),
    firstLine(body.embeds?.[0]?.description),
  ];
  const name = names.map((text) => clipLine(text ?? '', NAME_LENGTH)).find((text) => text !== '');
  return { ...chosen, name: name ?? 'New post' };
}

/** A mention, such as that of the role to ping, would stand in a title as markup. */
function firstLine(text: string | null | undefined): string | undefined {
  const lines = text?.replaceAll(/<@[&!]?\d+>/g, '').split('\n');
  return lines?.find((line) => line.trim() !== '');
}
