// Takes the README's pictures: the real bot posts and answers /seen stats, and Chromium shows what Discord was sent.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

import { ids, type Message } from '../../local/discord/index.ts';
import { runDemo } from '../run.ts';
import { pageOf, type PageMessage } from './page.ts';

const target = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const chromium = process.env['CHROMIUM'] ?? 'chromium';

if (process.argv.includes('--help')) {
  console.log(
    'Usage: npm run pictures\n\nWrites docs/pictures/*.png. Needs Chromium: on the PATH, or named by CHROMIUM.',
  );
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), 'seen-pictures-'));
try {
  console.log('Running the bot …');
  const { messages, stats } = await recordMessages();
  console.log('Taking the pictures …');
  const script = await bundleComponents();
  await takePicture('post.png', pickPosts(messages), script, 610);
  await takePicture(
    'stats.png',
    [{ message: stats, command: { name: '/seen stats', user: 'Ada' }, ephemeral: true }],
    script,
    450,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function recordMessages(): Promise<{ messages: readonly Message[]; stats: Message }> {
  const options = { cycles: 3, filings: 150, seed: 1, edgar: undefined, firstRun: 'mark', json: false };
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

/** An 8-K, which says most, and an insider's trade, which has two parties. */
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

async function takePicture(
  name: string,
  messages: readonly PageMessage[],
  script: string,
  height: number,
): Promise<void> {
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
