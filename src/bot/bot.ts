import { container } from '@sapphire/framework';
import { Events, GatewayCloseCodes } from 'discord.js';
import { FeedUnauthorizedError, checkChannel, stopBot, type ChannelCheckOptions } from 'sapphire-plugin-seen';
import { systemClock } from 'sapphire-plugin-seen/store';

import { createClient, type BotClient } from './client.ts';
import { createEnricher } from './enrich/enricher.ts';
import type { BotEnv } from './env.ts';
import { combinationDoubts } from './env/combinations.ts';
import { filingsFeed } from './filings-feed.ts';
import { keepAskingForGateway } from './first-connection.ts';
import type { BotLogger } from './logger.ts';
import { onceAborted, runFeeds } from './run-feeds.ts';
import { isTokenRefusal, logUnauthorized } from './unauthorized.ts';

export interface RunningBot {
  /** Resolves once the bot has stopped, with the exit code. */
  readonly ended: Promise<number>;
}

/**
 * Logs in, and polls and posts the feeds until the signal aborts.
 *
 * While Discord cannot be reached, the login waits for it. A token that Discord refuses, at the login or later, is
 * logged, and ends the bot with exit code 1.
 *
 * @throws The error that made the start impossible: a database that cannot be opened, for example.
 */
export async function startBot(env: BotEnv, logger: BotLogger, signal: AbortSignal): Promise<RunningBot> {
  const feeds = env.seen.enabled ? [filingsFeed(env, logger)] : [];
  const client = createClient(env, logger);
  container.env = env;
  container.enrich = createEnricher(env, logger);
  for (const { variable, problem } of combinationDoubts(env)) logger.warn('bot_env_doubtful', { variable, problem });
  const failed = abortOnFatal(client, logger);
  const stopping = AbortSignal.any([signal, failed]);
  const stopAsking = keepAskingForGateway(client.rest, { clock: systemClock, logger, signal: stopping });
  try {
    await Promise.race([logIn(client), onceAborted(stopping)]);
  } catch (error) {
    await stopBot(client);
    if (!isTokenRefusal(error)) throw error;
    logUnauthorized(logger, 'Discord refused the token at the login', error);
    return { ended: Promise.resolve(1) };
  } finally {
    stopAsking();
  }
  return { ended: runFeeds(stopping, client, feeds).then(() => (failed.aborted ? 1 : 0)) };
}

async function logIn(client: BotClient): Promise<void> {
  const { env, logger } = container;
  await client.login(env.discord.token);
  await checkChannels(client);
  const { forms, pollMs } = env.edgar;
  const channel_id = env.discord.channelId;
  logger.info('bot_started', { channel_id, forms: forms.join(', ') || '*', poll_seconds: pollMs / 1000 });
}

/** Reports at once what keeps the bot from posting. The bot goes on: somebody may put it right meanwhile. */
async function checkChannels(client: BotClient): Promise<void> {
  const { channelId, forum } = container.env.discord;
  const { adminChannelId = channelId } = container.env.seen;
  await reportProblems(client, channelId, 'DISCORD_CHANNEL_ID', { asForumPosts: forum });
  if (adminChannelId !== channelId) await reportProblems(client, adminChannelId, 'SEEN_ADMIN_CHANNEL_ID');
}

async function reportProblems(
  { rest }: BotClient,
  channelId: string,
  variable: string,
  options: ChannelCheckOptions = {},
): Promise<void> {
  const report = (hint: string, error?: unknown): void =>
    container.logger.error('bot_channel_unreachable', { channel_id: channelId, hint, error });
  const advice = `Set ${variable} to a channel of a server that the bot was invited to and that it may see.`;
  try {
    const problems = await checkChannel(rest, channelId, options);
    if (problems.length > 0) report(`${problems.join(' ')} Put that right, or choose another channel. ${advice}`);
  } catch (error) {
    report(advice, error);
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
