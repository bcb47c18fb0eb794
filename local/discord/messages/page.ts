import { formError } from '../api-error.ts';
import { compareSnowflakes, requireSnowflake } from '../snowflake.ts';
import type { Message } from './message.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 100;

/**
 * Selects one page of a channel's messages, newest first as Discord lists them.
 *
 * @param messages Oldest first.
 */
export function pageOf(messages: readonly Message[], query: Readonly<Record<string, string>>): readonly Message[] {
  const limit = limitFrom(query['limit']);
  const [around, before, after] = ['around', 'before', 'after'].map((name) => idFrom(name, query[name]));
  if (around !== undefined) return centred(messages, around, limit).toReversed();
  if (before !== undefined) return messages.filter(isOlder(before)).slice(-limit).toReversed();
  if (after !== undefined) return messages.filter(isNewer(after)).slice(0, limit).toReversed();
  return messages.slice(-limit).toReversed();
}

const isOlder = (id: string) => (message: Message) => compareSnowflakes(message.id, id) < 0;
const isNewer = (id: string) => (message: Message) => compareSnowflakes(message.id, id) > 0;

function centred(messages: readonly Message[], id: string, limit: number): Message[] {
  const half = Math.floor(limit / 2);
  const older = half === 0 ? [] : messages.filter(isOlder(id)).slice(-half);
  const from = messages.filter((message) => !isOlder(id)(message)).slice(0, limit - older.length);
  return [...older, ...from];
}

function idFrom(name: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : requireSnowflake(name, value);
}

function limitFrom(text = String(DEFAULT_LIMIT)): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw formError(['limit'], 'NUMBER_TYPE_MAX', `int value should be between 1 and ${MAX_LIMIT}.`);
}
