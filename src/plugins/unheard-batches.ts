import type { SapphireClient } from '@sapphire/framework';

import { ClientState } from '../container/client-state.ts';
import { feedsOf, isLoaded } from '../feed/feeds-of-client.ts';
import { pluginLogger } from '../log/plugin-logger.ts';

type Emit = (event: string | symbol, ...args: readonly unknown[]) => boolean;

/**
 * Warns of each event that brings a batch and that nobody listens to: a name is misspelt, or Sapphire has not loaded the
 * listener. Its items would never be posted, and nothing else would tell. An event is warned of again only when there is
 * another reason for it, after the login for example.
 */
export function watchUnheardBatches(client: SapphireClient): void {
  const emit: Emit = client.emit.bind(client);
  const reported = new Map<string | symbol, string>();
  const watched: Emit = (event, ...args) => {
    const isHeard = emit(event, ...args);
    if (isHeard || !isBatch(args[0]) || ClientState.of(client).stopping.aborted) return isHeard;
    const hint = hintFor(client, event);
    if (reported.get(event) === hint) return isHeard;
    reported.set(event, hint);
    pluginLogger(client).warn('feed_batch_unheard', { event: String(event), hint });
    return isHeard;
  };
  Object.assign(client, { emit: watched });
}

/** An object like a batch: other events of a bot may bring items as well. */
function isBatch(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'items' in value && 'complete' in value;
}

function hintFor(client: SapphireClient, event: string | symbol): string {
  if (!hasLoggedIn(client)) return 'Sapphire loads the listeners in client.login(): give batches after it.';
  const unloaded = feedsOf(client).find((feed) => feed.event === event && !isLoaded(feed));
  if (unloaded?.enabled === false) return 'The listener of this feed is switched off by its option enabled: false.';
  if (unloaded !== undefined)
    return (
      'The listener of this feed is not loaded. Sapphire loads it in client.login(): give batches after that, and look at ' +
      'the errors before this line if it has ended.'
    );
  return hintForName(client);
}

/** The constructor of a client takes a token from DISCORD_TOKEN: that one alone shows no login. */
function hasLoggedIn(client: SapphireClient): boolean {
  return client.token !== null && ClientState.of(client).login !== undefined;
}

function hintForName(client: SapphireClient): string {
  const events = feedsOf(client)
    .filter(isLoaded)
    .map((feed) => `"${String(feed.event)}"`);
  const folder =
    'Sapphire loads listeners only from .js files (TypeScript must be compiled) in the folder listeners/ beside the ' +
    'main file, or below baseUserDirectory if the client has that option.';
  if (events.length === 0) return `No feed is loaded. ${folder}`;
  return (
    `The feeds that are loaded listen to ${events.join(', ')}. A listener's event is its option event or, without that, ` +
    `its name: the option name, or else the name of its file. ${folder}`
  );
}
