import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';

import { localDiscord } from './local-discord.ts';
import { ids, type LocalDiscord } from '../../local/discord/index.ts';
import { startLocalEdgar, type FeedSource, type LocalEdgar, type LocalEdgarOptions } from '../../local/edgar/index.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { startBotProcess } from './bot-as-process.ts';
import { startBotHere } from './bot-in-process.ts';
import { RunningBot, type StartedBot } from './running-bot.ts';

/** A Discord, an EDGAR and a folder for the database, in which one bot after the other runs. */
export interface BotWorld {
  readonly discord: LocalDiscord;
  readonly edgar: LocalEdgar;
  readonly database: string;
  /** The environment of a bot that works here. */
  readonly variables: Readonly<Record<string, string>>;
  /** Starts the bot in this process; it is stopped, if it still runs, when the test ends. */
  start(changes?: Readonly<Record<string, string>>): RunningBot;
  /** Starts the bot in a process of its own: for what only a process shows. */
  startProcess(changes?: Readonly<Record<string, string>>): RunningBot;
}

/** A world that the running test owns. Every request that a bot sends to its Discord must be one that Discord takes. */
export async function botWorld(feed: FeedSource, faults?: LocalEdgarOptions['faults']): Promise<BotWorld> {
  const discord = await localDiscord();
  onTestFinished(() => expect(discord.complaints).toEqual([]));
  const edgar = await startLocalEdgar({ feed, ...(faults === undefined ? {} : { faults }) });
  onTestFinished(() => edgar.close());
  const database = join(temporaryFolder(), 'seen_ids.sqlite');
  const variables = {
    DISCORD_TOKEN: discord.token,
    DISCORD_CHANNEL_ID: ids.announcements,
    DISCORD_API_URL: discord.api,
    SEEN_DB_PATH: database,
    SEEN_FIRST_RUN: 'post',
    EDGAR_USER_AGENT: 'Tests tests@example.com',
    EDGAR_BASE_URL: edgar.baseUrl,
    EDGAR_FORMS: '*',
    EDGAR_POLL_SECONDS: '0.25',
    EDGAR_REQUESTS_PER_SECOND: '1000',
  };
  const startWith = (startBot: (variables: Readonly<Record<string, string>>) => StartedBot): BotWorld['start'] => {
    return (changes) => {
      const bot = new RunningBot(startBot({ ...variables, ...changes }));
      onTestFinished(async () => {
        await bot.stop();
      });
      return bot;
    };
  };
  return {
    discord,
    edgar,
    database,
    variables,
    start: startWith(startBotHere),
    startProcess: startWith(startBotProcess),
  };
}

/** The accession numbers in the footers of the posts, in the order of the posts, repeats and all. */
export function posted(discord: LocalDiscord): string[] {
  const footers = discord.messages(ids.announcements).map(({ embeds }) => embeds[0]?.footer?.text ?? '');
  return footers.map((footer) => /\d{10}-\d{2}-\d{6}/.exec(footer)?.[0] ?? `no accession number in "${footer}"`);
}
