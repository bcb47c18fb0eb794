import { container } from '@sapphire/framework';
import type { Client } from 'discord.js';

import { ClientState } from '../../container/client-state.ts';
import { SeenConfigError } from '../../store/errors.ts';
import type { SeenLogger } from '../../store/logger.ts';

/**
 * Aborts when the bot's client is stopped. One that was stopped before has to log in first.
 *
 * @param caller The function that needs it, for messages.
 * @throws {SeenConfigError} where there is no client.
 */
export function whenBotStops(caller: string, feed: string, logger: SeenLogger): AbortSignal {
  const client: Client | undefined = container.client;
  if (client === undefined)
    throw new SeenConfigError(`${caller}() needs the option signal where no SapphireClient was made before.`);
  const { stopping, stop } = ClientState.of(client);
  const hint = `The bot was stopped before, so nothing is polled. Call ${caller}() again after client.login().`;
  if (stopping.aborted && stop === undefined) logger.warn('feed_poll_ended', { feed, hint });
  return stopping;
}
