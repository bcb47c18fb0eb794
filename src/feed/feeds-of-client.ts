import type { Listener } from '@sapphire/framework';
import type { Client } from 'discord.js';

const made = new WeakMap<Client, Set<Listener>>();

/** The feeds whose listeners were made for the client and not unloaded since, whether or not they were loaded. */
export function feedsOf(client: Client): Listener[] {
  return [...setOf(client)];
}

/** True for a feed that Sapphire has loaded. One whose `enabled` is false never is. */
export function isLoaded(feed: Listener): boolean {
  return feed.store.get(feed.name) === feed;
}

/**
 * Ends a feed, and resolves once its items under way have ended. Sapphire lets a listener hear its event before it is
 * loaded, and unloads by the name alone: that of a feed that was not loaded may belong to another.
 */
export async function endFeed(feed: Listener): Promise<void> {
  if (isLoaded(feed)) return feed.unload();
  detach(feed);
  await feed.onUnload();
}

/** Makes a listener deaf to its event, loaded or not. */
export function detach(feed: Listener): void {
  feed.store.strategy.onUnload(feed.store, feed);
}

export function addFeed(client: Client, feed: Listener): void {
  setOf(client).add(feed);
}

export function removeFeed(client: Client, feed: Listener): void {
  setOf(client).delete(feed);
}

function setOf(client: Client): Set<Listener> {
  const known = made.get(client);
  if (known !== undefined) return known;
  const none = new Set<Listener>();
  made.set(client, none);
  return none;
}
