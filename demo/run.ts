import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ids, startLocalDiscord, type LocalDiscord, type Message } from '../local/discord/index.ts';
import { generatedFeed, startLocalEdgar } from '../local/edgar/index.ts';
import { startLocalLlm } from '../local/llm/server.ts';
import { whenAborted } from '../scripts/stop.ts';
import { AdvancingFeed } from './advancing-feed.ts';
import { BotProcess } from './bot-process.ts';
import type { DemoOptions } from './options.ts';
import { compareWithFeed, type CycleReport, type DemoReport } from './report.ts';
import { StateCycles, type DemoListener } from './state-cycles.ts';

export interface DemoResult extends DemoReport {
  readonly messages: readonly Message[];
  readonly llmCalls: number;
  readonly edgarRequests: number;
}

export interface DemoExtras {
  /** Called after the last cycle, while the bot still runs. */
  readonly beforeStop?: (discord: LocalDiscord) => Promise<void>;
  /** Environment variables of the bot that add to the demo's, or replace them. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Ends the demo early: bot, servers and folder are gone by the time `runDemo` throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Runs the bot for some cycles against servers on this machine, and compares the channel with the feed. */
export async function runDemo(
  options: DemoOptions,
  listener: DemoListener,
  { beforeStop, variables = {}, signal = new AbortController().signal }: DemoExtras = {},
): Promise<DemoResult> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'seen-demo-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const feed = new AdvancingFeed(options.edgar ?? generatedFeed(options));
  const edgar = stack.adopt(await startLocalEdgar({ feed }), (server) => server.close());
  const discord = stack.adopt(await startLocalDiscord(), (server) => server.close());
  const llm = stack.use(await startLocalLlm({ seed: options.seed }));
  signal.throwIfAborted();
  const bot = new BotProcess({ ...botVariables(options, folder, discord, edgar.baseUrl, llm.url), ...variables });
  stack.defer(async () => {
    await bot.stop();
  });
  const cycles = await Promise.race([
    watchCycles(bot, { feed, discord }, options.cycles, listener),
    whenAborted(signal),
  ]);
  await beforeStop?.(discord);
  await bot.stop();
  signal.throwIfAborted();
  const messages = discord.messages(ids.announcements);
  const report = compareWithFeed(cycles, feed.listed, messages, options.firstRun);
  return { ...report, messages, llmCalls: llm.requests.length, edgarRequests: edgar.requests.length };
}

async function watchCycles(
  bot: BotProcess,
  { feed, discord }: { readonly feed: AdvancingFeed; readonly discord: LocalDiscord },
  count: number,
  listener: DemoListener,
): Promise<readonly CycleReport[]> {
  const cycles = new StateCycles(feed, listener);
  bot.onLine((line) => cycles.read(line));
  const refresh = setInterval(() => listener.onPosted(discord.messages(ids.announcements).length), 100);
  try {
    while (cycles.reports.length < count) await bot.nextLine('feed_cycle_finished');
    return cycles.reports.slice(0, count);
  } finally {
    clearInterval(refresh);
  }
}

function botVariables(
  { firstRun }: DemoOptions,
  folder: string,
  discord: LocalDiscord,
  edgarUrl: string,
  llmUrl: string,
): Record<string, string> {
  return {
    DISCORD_TOKEN: discord.token,
    DISCORD_CHANNEL_ID: ids.announcements,
    DISCORD_API_URL: discord.api,
    SEEN_DB_PATH: join(folder, 'seen_ids.sqlite'),
    SEEN_FIRST_RUN: firstRun,
    EDGAR_USER_AGENT: 'Demo demo@example.com',
    EDGAR_BASE_URL: edgarUrl,
    EDGAR_FORMS: '*',
    EDGAR_POLL_SECONDS: '0.5',
    EDGAR_REQUESTS_PER_SECOND: '1000',
    LLM_BASE_URL: llmUrl,
    LLM_MODEL: 'local',
    LLM_MAX_CONCURRENT: '8',
  };
}
