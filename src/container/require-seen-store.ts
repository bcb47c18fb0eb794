import { container } from '@sapphire/framework';
import type { Client } from 'discord.js';

import type { SeenStore } from '../store/contract/seen-store.ts';
import { SeenConfigError } from '../store/errors.ts';
import { ClientState } from './client-state.ts';
import { isRegisteredElsewhere, isRegisteredHere } from './registration.ts';

/**
 * The bot's store, which is on the container as `container.seen` from the login on.
 *
 * @param client Default: the bot's only client, or else the one that was made last.
 * @throws {SeenConfigError} saying why there is none: the plugin is not registered, or is switched off, or the client has
 *   not logged in yet, or was stopped.
 * @example
 * ```ts
 * import { requireSeenStore } from 'sapphire-plugin-seen';
 *
 * if (!(await requireSeenStore().isSeen(item.guid))) await post(item);
 * ```
 */
export function requireSeenStore(client: Client | undefined = container.client): SeenStore {
  if (client === undefined) throw new SeenConfigError(whyNoClient());
  const state = ClientState.of(client);
  if (!state.isRegistered) throw new SeenConfigError(whyUnregistered());
  if (client.options.seen?.enabled === false)
    throw new SeenConfigError(
      'The seen plugin is switched off: set seen.enabled to true in the options of the client.',
    );
  if (state.stopping.aborted)
    throw new SeenConfigError('The bot was stopped, and its store is closed. A new login opens it again.');
  if (state.store === undefined) throw new SeenConfigError(`The client is not logged in: call client.login() first.`);
  return state.store;
}

const OTHER_COPY =
  'The seen plugin is registered in another copy of sapphire-plugin-seen than the one that is used here. A bot must load ' +
  'all of it in one way, either by import or by require, and have it installed once: load it in the listeners as in the ' +
  'main file, and look at "npm ls sapphire-plugin-seen".';

/** Each copy of Sapphire has a container of its own. */
function whyNoClient(): string {
  if (!isRegisteredHere() && isRegisteredElsewhere()) return OTHER_COPY;
  return 'There is no SapphireClient yet. Use the store after "await client.login()", which opens it.';
}

function whyUnregistered(): string {
  if (isRegisteredHere())
    return (
      'The seen plugin was registered after the client was made: ' +
      "import 'sapphire-plugin-seen/register' before the line with new SapphireClient()."
    );
  if (isRegisteredElsewhere()) return OTHER_COPY;
  return (
    'The seen plugin is not registered: put "import \'sapphire-plugin-seen/register\'" (CommonJS: ' +
    '"require(\'sapphire-plugin-seen/register\')") into the main file, before the client is made.'
  );
}
