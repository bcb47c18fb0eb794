import { container, Logger, LogLevel, type ILogger, type Listener, type SapphireClient } from '@sapphire/framework';
import { RESTEvents } from 'discord.js';
import { pino } from 'pino';
import {
  FeedListener,
  openSeenStore,
  pluginLogger,
  silentLogger,
  type SeenLogger,
  type SeenPluginOptions,
} from 'sapphire-plugin-seen';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';

import { serveMetrics } from '../../src/plugins/metrics/index.ts';
import { ids } from '../../local/discord/index.ts';
import { localDiscord } from '../support/local-discord.ts';
import type { QuietLogger } from '../support/quiet-logger.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { newSapphireClient, startSapphireBot } from '../support/sapphire-bot.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface News {
  readonly guid: string;
  readonly title: string;
}

const news = (count: number): News[] =>
  Array.from({ length: count }, (_, index) => ({ guid: `g${index + 1}`, title: `News ${index + 1}` }));

/** The lines that the terminal shows: of each the level, and the rest of the line. */
let shown: string[][] = [];
const show = (line: string[]): void => {
  // These lines are Sapphire's.
  if (!line.join(' ').includes('ApplicationCommandRegistries')) shown.push(line);
};
beforeEach(() => {
  shown = [];
  for (const method of ['debug', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((...words) => show(words.map(String)));
});
afterEach(() => vi.restoreAllMocks());

const clock = new ManualClock();

class NewsListener extends FeedListener<News> {
  constructor(context: Listener.LoaderContext, options: Listener.Options) {
    super(context, { ...options, name: 'news', clock });
  }

  override key({ guid }: News): string {
    return guid.trim();
  }

  override channels(): string[] {
    return [ids.announcements];
  }

  override message({ title }: News) {
    return { content: title.trim() };
  }
}

async function startNews(seen: SeenPluginOptions = {}, level = LogLevel.Info): Promise<NewsListener> {
  const discord = await localDiscord();
  const path = `${temporaryFolder()}/seen.sqlite`;
  await startSapphireBot(discord, { path, command: false, clock, logger: undefined, ...seen }, { logger: { level } });
  await container.stores.loadPiece({ name: 'news', piece: NewsListener, store: 'listeners' });
  const listener = container.stores.get('listeners').get('news') as NewsListener;
  onTestFinished(async () => {
    await container.stores.get('listeners').unload('news');
  });
  return listener;
}

const cycle = (listener: NewsListener, items: readonly News[]): Promise<void> =>
  listener.run({ items, complete: true });

describe("a news bot with Sapphire's own logger", () => {
  test('shows nothing of a quiet day on which it polls every minute, and one line of each cycle that posts', async () => {
    const listener = await startNews();
    await cycle(listener, news(20));
    expect(shown.map(([level = '', text = '']) => `${level} ${text.split(' ', 2).join(' ')}`)).toEqual([
      expect.stringMatching(/^\[INFO\] seen_store_initialized path=/),
      '[INFO] feed_first_run feed=news',
      '[INFO] feed_cycle_finished feed=news',
    ]);
    shown = [];
    for (let hour = 0; hour < 24; hour += 1) {
      // The others of the hour would be the same, and cost time.
      for (let minute = 0; minute < 4; minute += 1) {
        await clock.advance(60_000);
        await cycle(listener, news(20));
      }
      await clock.advance(56 * 60_000);
    }
    expect(shown).toEqual([]);
    await cycle(listener, news(21));
    const line = 'feed_cycle_finished feed=news total=21 skipped=20 enriched=0 posted=1 marked=0 failed=0 held=0';
    expect(shown).toEqual([['[INFO]', `${line} duration_ms=0 store_faults=0`]]);
  });

  test('shows each cycle at level debug', async () => {
    const listener = await startNews({}, LogLevel.Debug);
    await cycle(listener, news(2));
    shown = [];
    await cycle(listener, news(2));
    const lines = shown.filter(([, text = '']) => text.startsWith('feed_cycle'));
    expect(lines).toEqual([
      ['[DEBUG]', 'feed_cycle_started feed=news total=2 skipped=2 to_enrich=0 max_concurrent=3'],
      ['[DEBUG]', expect.stringMatching(/^feed_cycle_finished feed=news total=2 skipped=2 /)],
    ]);
  });

  test('shows where its own code fails, in one line, and once for an item that stays in the feed', async () => {
    const listener = await startNews({}, LogLevel.Warn);
    await cycle(listener, news(2));
    const broken = [...news(2), { title: 'x' } as News, { guid: 'g3' } as News];
    await cycle(listener, broken);
    await cycle(listener, broken);
    const place = String.raw`test/log/plugin-logger\.test\.ts:\d+:\d+`;
    expect(shown).toEqual([
      [
        '[WARN]',
        expect.stringMatching(
          new RegExp(
            String.raw`^feed_items_refused feed=news refused=1 listed=4 example=".+" error="TypeError: .+ at NewsListener\.key \(${place}\)"$`,
          ),
        ),
      ],
      [
        '[ERROR]',
        expect.stringMatching(
          new RegExp(
            String.raw`^feed_item_broken feed=news id=g3 channel_id=\d+ error="TypeError: .+ at NewsListener\.message \(${place}\)"$`,
          ),
        ),
      ],
      ['[WARN]', expect.stringMatching(/^feed_item_retry feed=news id=g3 attempt=1 error=".+" retry_at=2026-.+Z$/)],
    ]);
  });
});

describe('the logger of a bot', () => {
  test('gets every event with its fields where the option seen.logger names one: pino, for example', async () => {
    const lines: Record<string, unknown>[] = [];
    const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
    const log = pino({ serializers: { error: pino.stdSerializers.err } }, { write });
    const logger: SeenLogger = {
      debug: (event, fields) => log.debug(fields, event),
      info: (event, fields) => log.info(fields, event),
      warn: (event, fields) => log.warn(fields, event),
      error: (event, fields) => log.error(fields, event),
    };
    const listener = await startNews({ logger });
    await cycle(listener, news(2));
    await cycle(listener, [...news(2), { guid: 'g3' } as News]);
    expect(lines).toMatchObject([
      { msg: 'seen_store_initialized', wal_mode: 'wal' },
      { msg: 'feed_first_run', feed: 'news', marked: 2 },
      { msg: 'feed_cycle_finished', marked: 2 },
      {
        msg: 'feed_item_broken',
        id: 'g3',
        error: { type: 'TypeError', stack: expect.stringContaining('NewsListener') },
      },
      { msg: 'feed_item_retry', id: 'g3' },
      { msg: 'feed_cycle_finished', failed: 1 },
    ]);
    expect(shown).toEqual([]);
  });

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('disk full');
      },
    ],
    ['returns a promise that is rejected', () => Promise.reject(new Error('disk full'))],
  ])('does no harm when it %s, and is warned of once', async (_, fail) => {
    const warnings: string[] = [];
    const onWarning = ({ message }: Error): void => void (message.includes('disk full') && warnings.push(message));
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    const failing = { debug: fail, info: fail, warn: fail, error: fail } as SeenLogger;
    const listener = await startNews({ logger: failing });
    await cycle(listener, news(2));
    await cycle(listener, news(3));
    expect(await container.seen?.isSeen('g3')).toBe(true);
    await expect.poll(() => warnings).toHaveLength(1);
    expect(warnings).toEqual(['The logger of the plugin failed: disk full. Log lines may be missing.']);
  });

  test('is Sapphire’s for what a bot logs beside its feeds, and without a bot the terminal', () => {
    const { client, logger } = container;
    onTestFinished(() => void Object.assign(container, { client, logger }));
    Object.assign(container, { client: undefined, logger: new Logger(LogLevel.Debug) });
    pluginLogger().debug('news_fetched', { feed: 'news', items: 20 });
    Object.assign(container, { logger: undefined });
    pluginLogger().debug('not_shown');
    pluginLogger().error('feed_poll_failed', { feed: 'news', error: 'no answer' });
    expect(shown).toEqual([
      ['[DEBUG]', 'news_fetched feed=news items=20'],
      ['[ERROR]', 'feed_poll_failed feed=news error="no answer"'],
    ]);
  });

  test('is the one of the client that it is asked for, where a process has two', async () => {
    const discord = await localDiscord();
    const lines: string[] = [];
    const writing = (name: string): ILogger => {
      const logger = new Logger(LogLevel.Info);
      logger.write = (_, line) => void lines.push(`${name} ${String(line)}`);
      return logger;
    };
    const made = (name: string, logger?: SeenLogger): Promise<SapphireClient> =>
      newSapphireClient(discord, { logger }, { logger: { instance: writing(name) } });
    const [first, structured] = [await made('A'), await made('B', silentLogger)];
    const last = await made('C');
    for (const client of [first, structured, last, undefined]) pluginLogger(client).info('asked');
    container.logger = writing('replaced');
    pluginLogger(last).info('asked');
    pluginLogger(first).info('asked');
    expect(lines).toEqual(['A asked', 'C asked', 'C asked', 'replaced asked', 'A asked']);
  });

  test('tells of a client’s metrics and waits, also after another client was created', async () => {
    const discord = await localDiscord();
    const [first, last] = [await newSapphireClient(discord, {}), await newSapphireClient(discord, {})];
    const store = await openSeenStore({ path: `${temporaryFolder()}/seen.sqlite` });
    const metrics = await serveMetrics(first, store, { port: 0 });
    onTestFinished(() => Promise.all([metrics?.close(), store.close()]).then(() => undefined));
    const where = { method: 'GET', route: '/gateway/bot', majorParameter: 'global', hash: 'h', url: '/gateway/bot' };
    const limit = { scope: 'user', limit: 1, global: false, timeToReset: 60_000, sublimitTimeout: 0 } as const;
    first.rest.emit(RESTEvents.RateLimited, { ...where, ...limit, retryAfter: 60_000 });
    const eventsOf = ({ logger }: SapphireClient): string[] => (logger as QuietLogger).events();
    expect(eventsOf(first)).toEqual(['seen_metrics_listening', 'seen_rate_limited']);
    expect(eventsOf(last)).toEqual([]);
  });

  test.each([null, 'console', 5])('is Sapphire’s where %o was given, until the login refuses it', async (logger) => {
    const client = await newSapphireClient(await localDiscord(), { logger: logger as unknown as SeenLogger });
    expect(() => pluginLogger(client).error('asked')).not.toThrow();
    expect((client.logger as QuietLogger).events()).toEqual(['asked']);
  });
});
