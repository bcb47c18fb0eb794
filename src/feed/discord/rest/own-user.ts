import { Routes, type REST } from 'discord.js';

import { ask, type Sender } from './ask.ts';

const users = new WeakMap<REST, string>();

/**
 * The id of the bot's user, asked for once.
 *
 * @throws The error of the request.
 */
export async function ownUserId(sender: Sender): Promise<string> {
  return users.get(sender.rest) ?? readOwnUserId(sender);
}

/**
 * The id of the bot's user, asked for in any case.
 *
 * @throws The error of the request.
 */
export async function readOwnUserId(sender: Sender): Promise<string> {
  const user = await ask(sender, (rest, signal) => rest.get(Routes.user(), { signal }));
  if (typeof user !== 'object' || user === null || !('id' in user)) throw new Error('Discord answered without a user');
  users.set(sender.rest, String(user.id));
  return String(user.id);
}
