import { existsSync, statSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { expect, onTestFinished, test, vi } from 'vitest';

import { buttonsOf, createsMessage, failNext, ids } from '../../local/discord/index.ts';
import { generatedFeed } from '../../local/edgar/index.ts';
import { startLocalLlm, type LocalLlm, type LocalLlmOptions } from '../../local/llm/server.ts';
import { botWorld, posted } from '../support/bot-world.ts';

// Each test starts whole programs, beside those of other tests.
const PATIENCE_MS = 30_000;
vi.setConfig({ testTimeout: 60_000 });

async function localLlm(options: LocalLlmOptions): Promise<LocalLlm> {
  const llm = await startLocalLlm(options);
  onTestFinished(() => llm.close());
  return llm;
}

const walBytes = (database: string): number => (existsSync(`${database}-wal`) ? statSync(`${database}-wal`).size : 0);

test('a first run marks what is listed, what comes later is posted once, and /seen stats shows it', async () => {
  const feed = generatedFeed({ filings: 30 });
  const { discord, start } = await botWorld(feed);
  const before = feed.expected();
  const bot = start({ SEEN_FIRST_RUN: 'mark' });
  await bot.line('feed_cycle_finished', 2);
  expect(bot.of('feed_first_run')).toMatchObject([{ marked: 30, to_post: 0 }]);
  feed.advance();
  const fresh = feed.expected().filter((id) => !before.includes(id));
  await discord.waitForMessages(ids.announcements, fresh.length, PATIENCE_MS);
  await bot.line('feed_cycle_finished', bot.of('feed_cycle_finished').length + 2);
  // The feed lists the newest first; the channel reads from old to new.
  expect(posted(discord).toSorted()).toEqual(fresh.toSorted());

  await discord.waitForCommand('seen', PATIENCE_MS);
  const asked = { user: ids.member, channelId: ids.general, command: 'seen', subcommand: 'stats' };
  const stats = await discord.slash(asked);
  await stats.reply();
  const fields = new Map(stats.message?.embeds[0]?.fields?.map(({ name, value }) => [name, value]));
  expect(stats.ephemeral).toBe(true);
  expect(fields.get('Remembered')).toBe(`**${30 + fresh.length}** ids`);
  expect(fields.get('Today (UTC)')).toContain(`${fresh.length} posted · 30 marked without a post`);
  expect(fields.get('Last cycle')).toContain('30 listed · 30 skipped · 0 enriched · 0 posted');
});

test('a first run posts the newest, if it is told to, and pings the role that is configured, and nobody else', async () => {
  const feed = generatedFeed({ filings: 20 });
  const { discord, start } = await botWorld(feed);
  const bot = start({ SEEN_FIRST_RUN: '4', DISCORD_PING_ROLE_ID: ids.operatorRole });
  await bot.line('feed_cycle_finished', 2);
  const started = bot.lines.filter(({ msg }) => msg.startsWith('sec_llm_batch_start'));
  expect(started.slice(0, 2)).toMatchObject([
    {
      msg: 'sec_llm_batch_start total_filings=20 skipped_seen=0 to_enrich=4 max_concurrent=3',
      total_filings: 20,
      skipped_seen: 0,
      to_enrich: 4,
      max_concurrent: 3,
    },
    { msg: 'sec_llm_batch_start total_filings=20 skipped_seen=20 to_enrich=0 max_concurrent=3' },
  ]);
  expect(posted(discord)).toHaveLength(4);
  expect(posted(discord).toSorted()).toEqual(feed.expected().slice(0, 4).toSorted());
  const bodies = discord.requests.filter(createsMessage(ids.announcements)).map(({ body }) => body);
  const expected = { content: `<@&${ids.operatorRole}>`, allowed_mentions: { parse: [], roles: [ids.operatorRole] } };
  expect(bodies).toMatchObject([expected, expected, expected, expected]);
  expect(await bot.stop()).toBe(0);
});

test('the file of the earlier bot is honoured, and /seen purge forgets what is old in it', async () => {
  const feed = generatedFeed({ filings: 12 });
  const { discord, database, start } = await botWorld(feed);
  const [byAtomId = '', byLink = ''] = feed.expected();
  const now = Math.floor(Date.now() / 1000);
  const page = Buffer.from(feed.page({ start: 0, count: 100, type: '' }) ?? []).toString('latin1');
  const link = new RegExp(`href="([^"]*${byLink}[^"]*)"`).exec(page)?.[1] ?? '';
  const earlier = new BetterSqlite3(database);
  earlier.exec('CREATE TABLE seen(id TEXT PRIMARY KEY, ts INTEGER NOT NULL)');
  const mark = earlier.prepare('INSERT INTO seen VALUES (?, ?)');
  mark.run(`urn:tag:sec.gov,2008:accession-number=${byAtomId}`, now - 60);
  mark.run(link, now - 60);
  for (let index = 0; index < 5; index += 1) mark.run(`something old ${index}`, now - 20 * 86_400);
  earlier.close();

  const bot = start({ SEEN_FIRST_RUN: 'mark', SEEN_TTL_DAYS: '30' });
  await bot.line('feed_cycle_finished', 2);
  expect(bot.of('feed_first_run')).toEqual([]);
  expect(posted(discord).toSorted()).toEqual(feed.expected().slice(2).toSorted());

  await discord.waitForCommand('seen', PATIENCE_MS);
  const purge = {
    user: ids.homeAdmin,
    channelId: ids.general,
    command: 'seen',
    subcommand: 'purge',
    options: { age: '7d' },
  };
  const refused = await discord.slash({ ...purge, user: ids.otherAdmin, channelId: ids.otherGeneral });
  expect((await refused.reply()).content).toMatch(/^Only administrators of the bot’s home server/);
  const question = await (await discord.slash(purge)).reply();
  expect(question.content).toContain('Forget **5 ids**');
  const customId = buttonsOf(question)[0]?.customId ?? '';
  const answer = await discord.press({ user: ids.homeAdmin, message: question, customId });
  await answer.waitFor(({ content }) => content === '✅ Forgot 5 ids.');
  await bot.line('feed_cycle_finished', bot.of('feed_cycle_finished').length + 2);
  expect(posted(discord)).toHaveLength(10);
});

test('SIGTERM in the middle of a cycle ends the bot cleanly, and the next start posts the rest', async () => {
  const feed = generatedFeed({ filings: 9 });
  const { discord, database, start, startProcess } = await botWorld(feed);
  let stuck = true;
  const llm = await localLlm({ behaviour: ({ index }) => (stuck && index >= 4 ? 'hang' : 'answer') });
  const model = { LLM_BASE_URL: llm.url, LLM_MODEL: 'local', LLM_MAX_CONCURRENT: '3' };
  const bot = startProcess(model);
  await discord.waitForMessages(ids.announcements, 4, PATIENCE_MS);
  expect(await bot.stop()).toBe(0);
  const events = bot.lines.map(({ msg }) => msg);
  expect(events.slice(events.indexOf('bot_stopping'))).toEqual(
    expect.arrayContaining(['bot_stopping', 'feed_cycle_finished', 'seen_store_connection_closed', 'bot_stopped']),
  );
  expect(events.at(-1)).toBe('bot_stopped');
  expect(walBytes(database)).toBe(0);
  expect(bot.lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  expect(posted(discord)).toHaveLength(4);

  stuck = false;
  const again = start(model);
  await again.line('feed_cycle_finished', 2);
  expect(posted(discord).toSorted()).toEqual(feed.expected().toSorted());
  expect(again.of('feed_cycle_finished')).toMatchObject([{ posted: 5, enriched: 5 }, { posted: 0 }]);
});

test('SIGTERM during the login ends the bot', async () => {
  const { discord, startProcess } = await botWorld(generatedFeed({ filings: 3 }));
  const asksForGateway = ({ path }: { readonly path: string }): boolean => path === '/gateway/bot';
  discord.faults = failNext(1, { kind: 'timeout', applied: false }, asksForGateway);
  const bot = startProcess();
  await discord.waitUntil('a login', () => discord.requests.some(asksForGateway), PATIENCE_MS);
  expect(await bot.stop()).toBe(0);
  expect(bot.lines.map(({ msg }) => msg)).toContain('seen_store_connection_closed');
});

test('a token that is refused in the middle of a cycle ends the bot, and the next start posts everything', async () => {
  const feed = generatedFeed({ filings: 6 });
  const { discord, database, start } = await botWorld(feed);
  discord.faults = failNext(
    Infinity,
    { kind: 'status', status: 401, body: { code: 0, message: '401: Unauthorized' } },
    createsMessage(ids.announcements),
  );
  const bot = start();
  expect(await bot.ended()).toContain('exit code 1');
  expect(bot.of('bot_unauthorized')).toMatchObject([
    { reason: 'Discord refused the token of a request', hint: 'Set DISCORD_TOKEN to a valid token.' },
  ]);
  expect(posted(discord)).toEqual([]);
  expect(walBytes(database)).toBe(0);
  discord.faults = undefined;
  await start().line('feed_cycle_finished', 2);
  expect(posted(discord).toSorted()).toEqual(feed.expected().toSorted());
});

test('a token that the gateway refuses later ends the bot', async () => {
  const { discord, start } = await botWorld(generatedFeed({ filings: 3 }));
  const bot = start();
  await bot.line('bot_started');
  await discord.waitForCommand('seen', PATIENCE_MS);
  discord.dropConnections(4004, { resumable: false });
  expect(await bot.ended()).toContain('exit code 1');
  expect(bot.of('bot_unauthorized')).toMatchObject([{ reason: 'the gateway refused the token' }]);
  expect(bot.lines.at(-1)?.msg).toBe('bot_stopped');
});

test('an error that nobody caught ends the bot after one line, which does not show the token', async () => {
  const { discord, startProcess } = await botWorld(generatedFeed({ filings: 3 }));
  const crash = `process.on('SIGUSR2', () => { throw (new Error('It broke: ${discord.token}')); });`;
  const bot = startProcess({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(crash)}` });
  const { pid } = await bot.line('bot_started');
  process.kill(Number(pid), 'SIGUSR2');
  const end = await bot.ended();
  expect(end).toContain('exit code 1');
  expect(end).not.toContain(discord.token);
  expect(bot.lines.at(-1)).toMatchObject({ msg: 'bot_crashed', level: 60, reason: 'uncaughtException' });
  expect(JSON.stringify(bot.lines.at(-1))).toContain('It broke: [redacted]');
});
