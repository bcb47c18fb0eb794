import { isObject, type JsonObject } from '../json.ts';
import { withoutDroppedCharacters } from './rewrites.ts';

/** The people whom a message pings. */
export interface Mentions {
  readonly everyone: boolean;
  readonly users: readonly string[];
  readonly roles: readonly string[];
}

/** The mentions that an author may use. */
export interface MentionRights {
  readonly everyone: boolean;
  role(id: string): boolean;
}

/**
 * Finds the mentions in the content that ping; embeds never do.
 *
 * @param allowed The body's `allowed_mentions`. Without it every mention pings.
 */
export function mentionsIn(content: string, allowed: unknown, rights: MentionRights): Mentions {
  // Characters are dropped before mentions are looked for, so that a mark inside one does not hide it.
  const text = withoutDroppedCharacters(content);
  return {
    everyone: rights.everyone && /@(everyone|here)/.test(text) && allows(allowed, 'everyone'),
    users: idsIn(text, /<@!?(\d+)>/g).filter((id) => allows(allowed, 'users', id)),
    roles: idsIn(text, /<@&(\d+)>/g).filter((id) => rights.role(id) && allows(allowed, 'roles', id)),
  };
}

function idsIn(content: string, pattern: RegExp): string[] {
  return [...new Set([...content.matchAll(pattern)].map(([, id = '']) => id))];
}

function allows(allowed: unknown, kind: string, id?: string): boolean {
  if (!isObject(allowed)) return true;
  return lists(allowed, 'parse', kind) || (id !== undefined && lists(allowed, kind, id));
}

function lists(allowed: JsonObject, key: string, value: string): boolean {
  const list = allowed[key];
  return Array.isArray(list) && list.includes(value);
}
