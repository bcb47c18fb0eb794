import type { Listener } from '@sapphire/framework';
import type { Client } from 'discord.js';

import type { DeliveryOptions } from './options.ts';

/** The questions that others may ask a feed whose listener they do not know. */
export interface FeedOfClient {
  readonly options: DeliveryOptions;
  /** Tells admins of the store that fails, once that lasts. */
  readonly tellOfFailingStore: (fault: unknown) => Promise<void>;
}

const made = new WeakMap<Client, Map<Listener, FeedOfClient>>();

/** The feeds whose listeners were made for the client and not unloaded since, whether or not they were loaded. */
export function feedsOf(client: Client): Listener[] {
  return [...madeFor(client).keys()];
}

/** The feed of that name; undefined where no such listener was made. */
export function feedOfClient(client: Client, name: string): FeedOfClient | undefined {
  return [...madeFor(client)].find(([listener]) => listener.name === name)?.[1];
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

export function addFeed(client: Client, listener: Listener, feed: FeedOfClient): void {
  madeFor(client).set(listener, feed);
}

export function removeFeed(client: Client, feed: Listener): void {
  madeFor(client).delete(feed);
}

function madeFor(client: Client): Map<Listener, FeedOfClient> {
  const known = made.get(client);
  if (known !== undefined) return known;
  const none = new Map<Listener, FeedOfClient>();
  made.set(client, none);
  return none;
}
