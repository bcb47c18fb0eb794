// Takes the README's pictures: the real bot posts and answers /seen stats, and Chromium renders its messages.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Option } from '@commander-js/extra-typings';
import { rolldown } from 'rolldown';

import { ids, type Message } from '../../local/discord/index.ts';
import { createProgram, runProgram } from '../../scripts/program.ts';
import { runDemo } from '../run.ts';
import { pageOf, type PageMessage } from './page.ts';

const target = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));

const program = createProgram(
  'pictures',
  'Writes docs/pictures/post.png and stats.png: messages of the real bot, rendered by Chromium.',
  '0 when both were written, 1 when not',
).addOption(new Option('--chromium <program>', 'the browser').env('CHROMIUM').default('chromium'));

async function takePictures({ chromium }: ReturnType<typeof program.opts>): Promise<number> {
  requireBrowser(chromium);
  using stack = new DisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'seen-pictures-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  console.log('Running the bot …');
  const { messages, stats } = await recordMessages();
  console.log('Taking the pictures …');
  const browser: Browser = { chromium, folder, script: await bundleComponents() };
  const answer = { message: stats, command: { name: '/seen stats', user: 'Ada' }, ephemeral: true };
  takePicture(browser, 'post.png', pickPosts(messages), 680);
  takePicture(browser, 'stats.png', [answer], 450);
  return 0;
}

interface Browser {
  readonly chromium: string;
  /** Folder for the pages and the browser's profile. */
  readonly folder: string;
  /** The bundled web components of the pages. */
  readonly script: string;
}

/** Fails early, since the bot takes its time. */
function requireBrowser(chromium: string): void {
  try {
    execFileSync(chromium, ['--version'], { stdio: 'ignore' });
  } catch (cause) {
    throw new Error(`"${chromium}" does not run. Install Chromium, or name the browser with --chromium.`, { cause });
  }
}

async function recordMessages(): Promise<{ messages: readonly Message[]; stats: Message }> {
  const options = { cycles: 3, filings: 150, seed: 1, firstRun: 'mark' };
  const quiet = { onDelivering: () => undefined, onPosted: () => undefined, onCycle: () => undefined };
  let stats: Message | undefined;
  const { messages } = await runDemo(options, quiet, {
    variables: { LLM_BASE_URL: '', LLM_MODEL: '' },
    beforeStop: async (discord) => {
      const asked = { user: ids.homeAdmin, channelId: ids.general, command: 'seen', subcommand: 'stats' };
      stats = await (await discord.slash(asked)).reply();
    },
  });
  if (stats === undefined) throw new Error('/seen stats was not answered.');
  return { messages, stats };
}

/** Picks an 8-K, which has the most fields, and an insider's trade, which has two parties. */
function pickPosts(messages: readonly Message[]): PageMessage[] {
  const titled = (start: string) =>
    messages.find((message) => JSON.stringify(message.embeds).includes(`"title":"${start}`));
  const picked = [titled('8-K'), titled('Form 4')].filter((message) => message !== undefined);
  if (picked.length < 2) throw new Error('The demo posted no 8-K or no Form 4.');
  return picked.map((message) => ({ message }));
}

async function bundleComponents(): Promise<string> {
  const entry = fileURLToPath(new URL('components.js', import.meta.url));
  const bundle = await rolldown({ input: entry, logLevel: 'silent' });
  const { output } = await bundle.generate({ format: 'iife', minify: true });
  return output[0].code.replaceAll('</script', String.raw`<\/script`);
}

function takePicture(
  { chromium, folder, script }: Browser,
  name: string,
  messages: readonly PageMessage[],
  height: number,
): void {
  const page = join(folder, `${name}.html`);
  writeFileSync(page, pageOf(messages, script, Date.now()));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'];
  const shot = ['--hide-scrollbars', '--force-device-scale-factor=2', `--window-size=720,${height}`];
  const more = ['--no-first-run', '--virtual-time-budget=3000', `--user-data-dir=${join(folder, 'profile')}`];
  execFileSync(chromium, [...flags, ...shot, ...more, `--screenshot=${join(target, name)}`, `file://${page}`], {
    stdio: 'pipe',
  });
  console.log(`docs/pictures/${name}`);
}

process.exitCode = await runProgram(program, takePictures);
