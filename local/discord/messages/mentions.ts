import { isObject, type JsonObject } from '../json.ts';

/** The people whom a message pings. */
export interface Mentions {
  readonly everyone: boolean;
  readonly users: readonly string[];
  readonly roles: readonly string[];
}

/**
 * Finds the mentions in the content that ping; embeds never do.
 *
 * @param allowed The body's `allowed_mentions`. Without it every mention pings.
 */
export function mentionsIn(content: string, allowed: unknown, mayPingEveryone: boolean): Mentions {
  return {
    everyone: mayPingEveryone && /@(everyone|here)/.test(content) && allows(allowed, 'everyone'),
    users: idsIn(content, /<@!?(\d+)>/g).filter((id) => allows(allowed, 'users', id)),
    roles: idsIn(content, /<@&(\d+)>/g).filter((id) => allows(allowed, 'roles', id)),
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
