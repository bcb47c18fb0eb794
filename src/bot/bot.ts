import { container } from '@sapphire/framework';
import { Events, GatewayCloseCodes, Routes } from 'discord.js';
import { FeedUnauthorizedError, poll } from 'sapphire-plugin-seen';
import { EdgarClient } from 'sapphire-plugin-seen/edgar';

import { createClient, type BotClient } from './client.ts';
import { createEnricher } from './enrich/enricher.ts';
import type { BotEnv } from './env.ts';
import { FILINGS, pollFilings } from './filings-feed.ts';
import type { BotLogger } from './logger.ts';
import { isTokenRefusal, logUnauthorized } from './unauthorized.ts';

export interface RunningBot {
  /** Resolves once the bot has stopped, with the exit code. */
  readonly ended: Promise<number>;
}

/**
 * Logs in and posts filings until the signal aborts.
 *
 * A token that Discord refuses at the login is logged as one that it refuses later, and ends the bot with 1.
 *
 * @throws What made the start impossible: a database that cannot be opened, for example.
 */
export async function startBot(env: BotEnv, logger: BotLogger, signal: AbortSignal): Promise<RunningBot> {
  const { userAgent, baseUrl, requestsPerSecond } = env.edgar;
  const edgar = new EdgarClient({ userAgent, baseUrl, requestsPerSecond });
  const client = createClient(env, logger);
  container.env = env;
  container.enrich = createEnricher(env, logger);
  const failed = failureOf(client, logger);
  const stopping = AbortSignal.any([signal, failed]);
  try {
    await Promise.race([logIn(client), aborted(stopping)]);
  } catch (error) {
    await shutDown(client);
    if (!isTokenRefusal(error)) throw error;
    logUnauthorized(logger, 'Discord refused the token at the login', error);
    return { ended: Promise.resolve(1) };
  }
  return { ended: runUntil(stopping, client, edgar).then(() => (failed.aborted ? 1 : 0)) };
}

async function logIn(client: BotClient): Promise<void> {
  const { env, logger } = container;
  await client.login(env.discord.token);
  await checkChannel(client);
  const { forms, pollMs } = env.edgar;
  const channel_id = env.discord.channelId;
  logger.info('bot_started', { channel_id, forms: forms.join(', ') || '*', poll_seconds: pollMs / 1000 });
}

/** A wrong id or a missing invitation is best heard of at once. It ends nothing: somebody may put it right meanwhile. */
async function checkChannel(client: BotClient): Promise<void> {
  const { env, logger } = container;
  const { channelId } = env.discord;
  try {
    await client.rest.get(Routes.channel(channelId));
  } catch (error) {
    const hint = 'Set DISCORD_CHANNEL_ID to a channel of a server that the bot was invited to and that it may see.';
    logger.error('bot_channel_unreachable', { channel_id: channelId, hint, error });
  }
}

async function runUntil(signal: AbortSignal, client: BotClient, edgar: EdgarClient): Promise<void> {
  const { env, logger } = container;
  const unloaded = aborted(signal).then(unloadFeed);
  const cycle = (stop: AbortSignal): Promise<void> => pollFilings(client, edgar, stop);
  const polled = env.seen.enabled ? poll(cycle, { everyMs: env.edgar.pollMs, signal, logger }) : undefined;
  await Promise.all([polled, unloaded]);
  await shutDown(client);
  logger.info('bot_stopped');
}

/** Resolves once the signal has aborted. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Lets the filings that are being posted end, and begins no others. */
async function unloadFeed(): Promise<void> {
  await container.stores.get('listeners').get(FILINGS)?.unload();
}

async function shutDown(client: BotClient): Promise<void> {
  try {
    await client.destroy();
  } finally {
    await container.seen?.close();
  }
}

/** Aborts on what no later cycle can mend. The gateway says nothing more after a 4004, and the client still looks ready. */
function failureOf(client: BotClient, logger: BotLogger): AbortSignal {
  const failed = new AbortController();
  const fail = (reason: string, error?: unknown): void => {
    logUnauthorized(logger, reason, error);
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
