import { expect, test, vi } from 'vitest';

import { ids } from '../../local/discord/index.ts';
import {
  generatedFeed,
  HOSTILE_NAMES,
  type EdgarRequest,
  type Fault,
  type FeedSource,
} from '../../local/edgar/index.ts';
import { botWorld, posted } from '../support/bot-world.ts';

// Each test starts whole programs, beside those of other tests.
vi.setConfig({ testTimeout: 60_000 });

const FORMS = ['10-Q', 'D'];

/** The faults of pages, as long as they last. */
const FAULTS: Readonly<Record<number, Fault>> = { 100: 'html', 200: 'malformed', 300: 'no-accession', 400: 'huge' };

/** The accession numbers of a page of the feed that have one of the forms, read with as little wit as possible. */
function listed(feed: FeedSource, start: number): string[] {
  const page = Buffer.from(feed.page({ start, count: 100, type: '' }) ?? []).toString('latin1');
  const entries = page.split('<entry>').slice(1);
  const wanted = entries.filter((entry) => FORMS.some((form) => entry.includes(` term="${form}"`)));
  return wanted.flatMap((entry) => /accession-number=([\d-]+)/.exec(entry)?.[1] ?? []);
}

const distinct = (values: readonly string[]): string[] => [...new Set(values)].toSorted();

test('on bad pages the bot goes on, marks nothing of them and loses nothing', async () => {
  const feed = generatedFeed({ filings: 300 });
  let areIll = true;
  const faults = ({ start }: EdgarRequest): Fault | undefined => (areIll ? FAULTS[start] : undefined);
  const { discord, start } = await botWorld(feed, faults);
  const bot = start({ EDGAR_FORMS: FORMS.join(',') });

  expect(await bot.line('edgar_crawl_finished')).toMatchObject({ complete: false });
  areIll = false;
  expect(bot.of('edgar_page_skipped').map(({ start: at, code }) => [at, code])).toEqual([
    [100, 'EDGAR_PAGE_HTML'],
    [400, 'EDGAR_PAGE_TOO_LARGE'],
  ]);
  expect(bot.of('edgar_rows_refused')).toMatchObject([{ start: 300, refused: 100 }]);
  await bot.line('feed_cycle_finished');
  const good = distinct([0, 200, 500, 600, 700].flatMap((at) => listed(feed, at)));
  // The next poll may have been posted as well by now.
  expect(bot.of('feed_cycle_finished')[0]).toMatchObject({ posted: good.length });
  expect(posted(discord).slice(0, good.length).toSorted()).toEqual(good);

  await bot.line('feed_cycle_finished', 2);
  const all = Array.from({ length: 8 }, (_, page) => listed(feed, page * 100)).flat();
  expect(posted(discord).toSorted()).toEqual(distinct(all));
  expect(distinct(all).length).toBeGreaterThan(good.length + 5);
  expect(bot.of('edgar_crawl_finished')[1]).toMatchObject({ complete: true });
});

test('hostile names are posted like any other, and ping nobody', async () => {
  const feed = generatedFeed({ filings: 15 });
  const { discord, start } = await botWorld(feed, () => 'hostile-titles');
  await start().line('feed_cycle_finished', 2);
  expect(posted(discord).toSorted()).toEqual(feed.expected().toSorted());
  const messages = discord.messages(ids.announcements);
  expect(messages.filter(({ mention_everyone: everyone, mentions }) => everyone || mentions.length > 0)).toEqual([]);
  expect(JSON.stringify(messages)).toContain('NNNNNNNN');
  expect(HOSTILE_NAMES.length).toBeLessThan(messages.length);
});

test('after a block page the bot makes not one more request', async () => {
  const feed = generatedFeed({ filings: 15 });
  const { discord, edgar, start } = await botWorld(feed, () => 'undeclared');
  const bot = start();
  await bot.line('edgar_blocked', 4);
  expect(edgar.requests).toHaveLength(1);
  expect(bot.of('edgar_blocked')[0]).toMatchObject({ code: 'EDGAR_BLOCKED' });
  expect(await bot.stop()).toBe(0);
  expect(discord.messages(ids.announcements)).toEqual([]);
});
