// The bot that the README begins with, word by word, in each form that it names.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { ids, startLocalDiscord, type LocalDiscord } from '../../local/discord/index.ts';
import type { ConsumerCase, ConsumerContext } from '../case.ts';
import { BotProcess } from '../support/bot-process.ts';
import { npm, runCommand } from '../support/command.ts';
import { preloadLocalPlaces } from '../support/local-places.ts';
import { botPackages } from '../support/project.ts';
import { readmeForms, setUpCommands, writeReadmeBot, type ReadmeForm } from '../support/readme-bot.ts';
import { SourceServer } from '../support/source-server.ts';

const GITHUB = 'https://api.github.com/repos/nodejs/node/releases';

/** The packages that TypeScript needs besides. */
const compilerPackages = ['typescript', '@types/node'];

/** As GitHub lists them: the newest first. */
const releases = (...names: readonly string[]): string =>
  JSON.stringify(
    names
      .map((name, index) => ({
        id: index + 1,
        name,
        html_url: `https://example.com/${name}`,
        published_at: `2026-11-0${index + 1}T00:00:00Z`,
      }))
      .toReversed(),
  );

/** Installs once, and lets the bot of each form live in a folder of its own below. */
async function followReadme({ tarball, folder, signal }: ConsumerContext): Promise<string> {
  await npm(['init', '-y'], { folder, signal });
  await npm(['install', '--ignore-scripts', tarball, ...botPackages, ...compilerPackages], { folder, signal });
  for (const form of readmeForms) {
    const bot = join(folder, form.toLowerCase().replaceAll(' ', '-'));
    mkdirSync(bot);
    for (const args of setUpCommands(form)) await npm(args, { folder: bot, signal });
    writeReadmeBot(form, bot);
    if (form.startsWith('TypeScript')) await compile(bot, signal);
    await liveThrice(form, { folder: bot, signal });
  }
  return readmeForms.join(', ');
}

/** Compiles with the `tsconfig.json` of the README. */
async function compile(folder: string, signal: AbortSignal): Promise<void> {
  await runCommand(process.execPath, ['../node_modules/typescript/bin/tsc'], { folder, signal });
}

/**
 * Starts the bot three times, with a new release before the last.
 *
 * @throws {Error} Unless the first run posts the newest release, the second nothing, the third the new one, and each
 *   ends by itself.
 */
async function liveThrice(form: ReadmeForm, { folder, signal }: Pick<ConsumerContext, 'folder' | 'signal'>) {
  await using discord = await startLocalDiscord();
  await using source = await SourceServer.start();
  const main = form.startsWith('TypeScript') ? '.' : 'main.js';
  const live = async (body: string, posted: number): Promise<void> => {
    source.body = body;
    const env = environmentAt(discord, source);
    await using bot = new BotProcess([...preloadLocalPlaces(folder), main], { folder, signal, env });
    const [cycle = ''] = await bot.untilLines(/^cycle: /, 1);
    await bot.stop();
    assert.match(cycle, new RegExp(`"posted":${posted}`), `The cycle of the bot in ${form}`);
    assert.deepEqual(bot.complaints, [], `What the bot in ${form} printed to its standard error`);
  };
  await live(releases('v1', 'v2'), 1);
  await live(releases('v1', 'v2'), 0);
  await live(releases('v1', 'v2', 'v3'), 1);
  const titles = discord.messages(ids.announcements).map(({ embeds: [embed] }) => (embed as { title?: string }).title);
  assert.deepEqual(titles, ['v2', 'v3'], `The posts of the bot in ${form}`);
  assert.deepEqual(discord.complaints, [], `What Discord complains about, of the bot in ${form}`);
}

function environmentAt({ api, token }: LocalDiscord, { url }: SourceServer): Readonly<Record<string, string>> {
  const places = { DISCORD_API: api, REPLACED_URL: GITHUB, REPLACED_BY: url };
  return { DISCORD_TOKEN: token, DISCORD_CHANNEL_ID: ids.announcements, ...places };
}

export const readmeCases: readonly ConsumerCase[] = [
  { group: 'readme', name: 'the bot that the README begins with, in each form', isQuick: false, run: followReadme },
];
