import type { Client } from 'discord.js';

import { ClientState } from '../../container/client-state.ts';
import type { SeenStore } from '../../store/contract/seen-store.ts';

/**
 * The store among whose users a leader is elected: that of the client, while it is open. Undefined before the login and
 * after a stop; null where nothing is shared, because there is no client, or the plugin is not registered or switched
 * off.
 */
export function electorateOf(client: Client | undefined): SeenStore | null | undefined {
  if (client === undefined || client.options.seen?.enabled === false) return null;
  const { isRegistered, store, stopping } = ClientState.of(client);
  if (!isRegistered) return null;
  return stopping.aborted ? undefined : store;
}
