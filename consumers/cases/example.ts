// The template in `examples/rss-to-discord`, copied and run as it is.
import assert from 'node:assert/strict';
import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ids, startLocalDiscord, type LocalDiscord } from '../../local/discord/index.ts';
import type { ConsumerCase, ConsumerContext } from '../case.ts';
import { BotProcess } from '../support/bot-process.ts';
import { npm, runCommand } from '../support/command.ts';
import { preloadLocalPlaces } from '../support/local-places.ts';
import { SourceServer } from '../support/source-server.ts';

const template = fileURLToPath(new URL('../../examples/rss-to-discord/', import.meta.url));

/** The times that a feed is read: a cycle of each look is printed. */
const A_CYCLE = /^cycle: /;

const feed = (...words: readonly string[]): string =>
  `<rss version="2.0"><channel><title>News</title>${words
    .map((word) => `<item><title>${word}</title><link>https://news.example/${word}</link></item>`)
    .toReversed()
    .join('')}</channel></rss>`;

/**
 * Copies the template, with the tarball in place of the package in the registry, and starts it twice.
 *
 * @throws {Error} Unless a wrong interval is refused, the first run posts nothing, a new item is posted once in each
 *   feed, the second life posts nothing, and each ends by itself.
 */
async function copyTemplate({ tarball, folder, signal }: ConsumerContext): Promise<undefined> {
  cpSync(template, folder, { recursive: true, filter: (path) => !path.includes('node_modules') });
  await npm(['install', '--ignore-scripts', tarball], { folder, signal });
  await using discord = await startLocalDiscord();
  await using source = await SourceServer.start();
  writeFileSync(join(folder, '.env'), settings(discord, source));
  await requireRefusal(folder, signal);
  const start = (): BotProcess => {
    const args = [...preloadLocalPlaces(folder), '--env-file-if-exists=.env', 'main.js'];
    return new BotProcess(args, { folder, signal, env: { DISCORD_API: discord.api } });
  };
  source.body = feed('old');
  await live(start(), async (bot) => {
    await bot.untilLines(A_CYCLE, 2);
    assert.deepEqual(titles(discord), [], 'The posts of the first run');
    source.body = feed('old', 'new');
    await bot.untilLines(/"posted":1/, 2);
  });
  await live(start(), (bot) => bot.untilLines(A_CYCLE, 4));
  assert.deepEqual(titles(discord), ['new', 'new'], 'The posts: a new item in each of two feeds');
  assert.deepEqual(discord.complaints, [], 'What Discord complains about');
}

/** @throws {Error} Unless an interval that is no number is refused at the start, before anything is made. */
async function requireRefusal(folder: string, signal: AbortSignal): Promise<void> {
  const args = ['--env-file-if-exists=.env', 'main.js'];
  const started = runCommand(process.execPath, args, { folder, signal, env: { POLL_SECONDS: '5m' } });
  await assert.rejects(started, /POLL_SECONDS must be a number from 1 to 86400, but is "5m"/);
  assert.ok(!existsSync(join(folder, 'data')), 'A start that was refused made a database');
}

/** Two feeds that number their items alike. */
function settings({ token }: LocalDiscord, { url }: SourceServer): string {
  return [
    `DISCORD_TOKEN=${token}`,
    `DISCORD_CHANNEL_ID=${ids.announcements}`,
    `FEEDS="${url}one.xml ${url}two.xml"`,
    'POLL_SECONDS=1',
  ].join('\n');
}

async function live(bot: BotProcess, watch: (bot: BotProcess) => Promise<unknown>): Promise<void> {
  await using running = bot;
  await watch(running);
  await running.stop();
  assert.deepEqual(running.complaints, [], 'What the bot printed to its standard error');
}

function titles(discord: LocalDiscord): readonly unknown[] {
  return discord.messages(ids.announcements).map(({ embeds: [embed] }) => (embed as { title?: string }).title);
}

export const exampleCases: readonly ConsumerCase[] = [
  { group: 'example', name: 'a copy of examples/rss-to-discord', isQuick: false, run: copyTemplate },
];
