import assert from 'node:assert/strict';

import { ids, startLocalDiscord, type LocalDiscord } from '../../local/discord/index.ts';
import { BotProcess } from './bot-process.ts';

/** The items of the feed, of which each is to be posted once. */
const news = ['first', 'second', 'third'].map((word) => ({
  guid: `guid-${word}`,
  title: `The ${word} item`,
  link: `https://news.example.com/${word}`,
}));

export interface Bot {
  /** The arguments that Node is started with. */
  readonly args: readonly string[];
  /** Its project: the working directory. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** The path of the Node that runs it. Default: this one. */
  readonly node?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Number of clients that it logs in, each of which is given the feed's items and prints what it posted. Default: 1. */
  readonly clients?: number;
  /** Number of clients whose commands Sapphire registers. Default: all. */
  readonly registering?: number;
  /** The names of the commands that it has, sorted. Default: `seen`. */
  readonly commands?: readonly string[];
  /** Called with each process of the bot before it is stopped. It throws when something is wrong. */
  readonly check?: (life: BotProcess, discord: LocalDiscord) => void | Promise<void>;
}

/**
 * Starts a bot against a Discord on this machine, stops it with SIGTERM, and does so again.
 *
 * @throws {Error} Unless it registers its commands and posts each item once, does neither in its second life, has
 *   nothing to complain about, and ends by itself, with exit code 0, each time.
 */
export async function liveTwice(bot: Bot): Promise<void> {
  const discord = await startLocalDiscord();
  try {
    await liveTwiceAt(discord, bot);
  } finally {
    await discord.close();
  }
}

async function liveTwiceAt(discord: LocalDiscord, bot: Bot): Promise<void> {
  const { commands = ['seen'] } = bot;
  assert.equal(await live(bot, discord), news.length, 'Number of items that the first life says it posted');
  const registrations = registrationsAt(discord);
  assert.deepEqual(
    discord.commands.map(({ name }) => name).toSorted(byCharacters),
    commands,
    'The registered commands',
  );
  assert.ok(registrations.length <= commands.length, `More requests than commands: ${registrations.join(', ')}`);
  requirePostedOnce(discord);
  assert.equal(await live(bot, discord), 0, 'Number of items that the second life says it posted');
  assert.deepEqual(registrationsAt(discord), registrations, 'Requests that registered commands, after the second life');
  requirePostedOnce(discord);
  assert.deepEqual(discord.complaints, [], 'What Discord complains about');
}

/** Starts the bot and stops it once it has delivered the feed. Returns the number of items that it says it posted. */
async function live(bot: Bot, discord: LocalDiscord): Promise<number> {
  const { args, folder, signal, env, node, clients = 1, registering = clients, check } = bot;
  await using life = new BotProcess(args, {
    folder,
    signal,
    env: { ...environmentAt(discord), ...env },
    ...(node !== undefined && { node }),
  });
  const ends = await life.untilLines(/^news: posted \d+$/, clients);
  await life.untilLines(/^commands registered$/, registering);
  await check?.(life, discord);
  await life.stop();
  assert.deepEqual(check === undefined ? life.complaints : [], [], 'What the bot printed to its standard error');
  return ends.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

function environmentAt({ api, token }: LocalDiscord): Readonly<Record<string, string>> {
  const url = `data:application/json,${encodeURIComponent(JSON.stringify(news))}`;
  return { DISCORD_API: api, DISCORD_TOKEN: token, CHANNEL_ID: ids.announcements, NEWS_URL: url };
}

function requirePostedOnce(discord: LocalDiscord): void {
  const posts = discord.messages(ids.announcements).map(({ embeds: [embed] }) => (embed as { url?: string }).url ?? '');
  const links = news.map(({ link }) => link);
  assert.deepEqual(posts.toSorted(byCharacters), links, 'The posts in the channel');
}

function registrationsAt({ requests }: LocalDiscord): readonly string[] {
  const registering = requests.filter(({ method, path }) => method !== 'GET' && path.includes('/commands'));
  return registering.map(({ method, path }) => `${method} ${path}`);
}

function byCharacters(one: string, other: string): number {
  return one < other ? -1 : 1;
}
