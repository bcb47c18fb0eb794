import type { Client } from 'discord.js';

import { SeenInputError } from '../../store/errors.ts';

/** The longest text that Discord lets a user type for an item, in characters: as long as the longest id. */
export const MAX_ITEM_LENGTH = 512;

/**
 * Turns what a user typed into an id, as the option `parseId` of the plugin does it.
 *
 * @throws {SeenInputError} when nothing is left.
 */
export function parseItemId(client: Client, text: string): string {
  const { parseId = (given: string) => given.trim() } = client.options.seen ?? {};
  const id = parseId(text);
  if (id === '') throw new SeenInputError('That is not the id of an item.');
  return id;
}
