import { container } from '@sapphire/framework';
import { Events, GatewayCloseCodes, Routes } from 'discord.js';
import { FeedUnauthorizedError } from 'sapphire-plugin-seen';

import { createClient, type BotClient } from './client.ts';
import { createEnricher } from './enrich/enricher.ts';
import type { BotEnv } from './env.ts';
import { filingsFeed } from './filings-feed.ts';
import type { BotLogger } from './logger.ts';
import { pollFeed, unloadFeed, type PolledFeed } from './polled-feed.ts';
import { isTokenRefusal, logUnauthorized } from './unauthorized.ts';

export interface RunningBot {
  /** Resolves once the bot has stopped, with the exit code. */
  readonly ended: Promise<number>;
}

/**
 * Logs in, and polls and posts the feeds until the signal aborts.
 *
 * A token that Discord refuses, at the login or later, is logged, and ends the bot with exit code 1.
 *
 * @throws The error that made the start impossible: a database that cannot be opened, for example.
 */
export async function startBot(env: BotEnv, logger: BotLogger, signal: AbortSignal): Promise<RunningBot> {
  const feeds = env.seen.enabled ? [filingsFeed(env, logger)] : [];
  const client = createClient(env, logger);
  container.env = env;
  container.enrich = createEnricher(env, logger);
  const failed = abortOnFatal(client, logger);
  const stopping = AbortSignal.any([signal, failed]);
  try {
    await Promise.race([logIn(client), onceAborted(stopping)]);
  } catch (error) {
    await shutDown(client);
    if (!isTokenRefusal(error)) throw error;
    logUnauthorized(logger, 'Discord refused the token at the login', error);
    return { ended: Promise.resolve(1) };
  }
  return { ended: runUntil(stopping, client, feeds).then(() => (failed.aborted ? 1 : 0)) };
}

async function logIn(client: BotClient): Promise<void> {
  const { env, logger } = container;
  await client.login(env.discord.token);
  await checkChannel(client);
  const { forms, pollMs } = env.edgar;
  const channel_id = env.discord.channelId;
  logger.info('bot_started', { channel_id, forms: forms.join(', ') || '*', poll_seconds: pollMs / 1000 });
}

/** Reports a wrong id or a missing invitation at once. The bot goes on: somebody may put it right meanwhile. */
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

async function runUntil(signal: AbortSignal, client: BotClient, feeds: readonly PolledFeed[]): Promise<void> {
  const unloaded = onceAborted(signal).then(() => Promise.all(feeds.map(unloadFeed)));
  await Promise.all([unloaded, ...feeds.map((feed) => pollFeed(feed, signal))]);
  await shutDown(client);
  container.logger.info('bot_stopped');
}

/** Resolves once the signal has aborted. */
function onceAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function shutDown(client: BotClient): Promise<void> {
  try {
    await client.destroy();
  } finally {
    await container.seen?.close();
  }
}

/** Aborts once the token is refused. After the gateway's 4004 nothing else tells: the client still looks ready. */
function abortOnFatal(client: BotClient, logger: BotLogger): AbortSignal {
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
