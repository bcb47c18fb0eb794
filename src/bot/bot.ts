import { container } from '@sapphire/framework';
import { Events, GatewayCloseCodes } from 'discord.js';
import { FeedUnauthorizedError } from 'sapphire-plugin-seen';
import { EdgarClient, poll } from 'sapphire-plugin-seen/edgar';

import { createClient, type BotClient } from './client.ts';
import { createEnricher } from './enrich/enricher.ts';
import type { BotEnv } from './env.ts';
import { pollFilings } from './filings-poll.ts';
import type { BotLogger } from './logger.ts';

export interface RunningBot {
  /** Resolves once the bot has stopped, with the exit code. */
  readonly ended: Promise<number>;
}

/**
 * Logs in and posts filings until the signal aborts.
 *
 * @throws What made the start impossible: a database that cannot be opened, a token that Discord refuses.
 */
export async function startBot(env: BotEnv, logger: BotLogger, signal: AbortSignal): Promise<RunningBot> {
  const { userAgent, baseUrl, requestsPerSecond } = env.edgar;
  const edgar = new EdgarClient({ userAgent, baseUrl, requestsPerSecond });
  const client = createClient(env, logger);
  container.env = env;
  container.enrich = createEnricher(env, logger);
  const failed = failureOf(client, logger);
  try {
    await client.login(env.discord.token);
  } catch (error) {
    await shutDown(client);
    throw error;
  }
  const stopping = AbortSignal.any([signal, failed]);
  return { ended: runUntil(stopping, client, edgar).then(() => (failed.aborted ? 1 : 0)) };
}

async function runUntil(signal: AbortSignal, client: BotClient, edgar: EdgarClient): Promise<void> {
  const { env, logger } = container;
  const unloaded = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(unloadFeed()), { once: true });
  });
  if (env.seen.enabled) {
    const cycle = (stop: AbortSignal): Promise<void> => pollFilings(client, edgar, stop);
    await poll(cycle, { everyMs: env.edgar.pollMs, signal, logger });
  }
  await unloaded;
  await shutDown(client);
  logger.info('bot_stopped');
}

/** Lets the filings that are being posted end, and begins no others. */
async function unloadFeed(): Promise<void> {
  await container.stores.get('listeners').get('filings')?.unload();
}

async function shutDown(client: BotClient): Promise<void> {
  await client.destroy();
  await container.seen?.close();
}

/** Aborts on what no later cycle can mend. The gateway says nothing more after a 4004, and the client still looks ready. */
function failureOf(client: BotClient, logger: BotLogger): AbortSignal {
  const failed = new AbortController();
  const fail = (reason: string, error?: unknown): void => {
    logger.fatal('bot_unauthorized', { reason, hint: 'Set DISCORD_TOKEN to a valid token.', error });
    failed.abort();
  };
  client.on('seenHalted', (_feed, error) => {
    if (error instanceof FeedUnauthorizedError) fail('Discord refused the token of a request', error);
  });
  client.on(Events.ShardDisconnect, ({ code }) => {
    const refused: number = GatewayCloseCodes.AuthenticationFailed;
    if (code === refused) fail('the gateway refused the token');
  });
  return failed.signal;
}
