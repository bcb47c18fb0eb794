import { SeenInputError } from '../store/errors.ts';
import type { Feed } from './feed.ts';

/**
 * The channels of an item, each of them once.
 *
 * @throws {SeenInputError} when the feed names anything but channels. An item that it gave none for by mistake would count
 *   as one that is posted nowhere, and be lost.
 */
export function channelsOf<Item>(feed: Pick<Feed<Item, unknown>, 'channels'>, item: Item): string[] {
  const given: unknown = feed.channels(item);
  if (!Array.isArray(given))
    throw new SeenInputError(`channels() must return a list of ids, but returned ${shown(given)}.`);
  return [...new Set(given.map(requireChannelId))];
}

function requireChannelId(value: unknown): string {
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return value;
  throw new SeenInputError(
    `channels() must return ids of channels, strings of digits, but one of them is ${shown(value)}.`,
  );
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 50));
  if (typeof value !== 'object' || value === null) return String(value);
  const { id, constructor } = value as { readonly id?: unknown; readonly constructor?: { readonly name?: string } };
  const named = typeof id === 'string' ? ` with the id ${shown(id)}` : '';
  return `a value of type ${constructor?.name ?? 'object'}${named}`;
}
