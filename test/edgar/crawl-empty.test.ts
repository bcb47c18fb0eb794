import { describe, expect, test } from 'vitest';
import type { Fault } from '../../local/edgar/faults.ts';
import type { EdgarRequest } from '../../local/edgar/local-edgar.ts';
import { Crawler, type Crawl } from '../../src/edgar/index.ts';
import { faultAt, RETRY_MS, runCrawl } from '../support/crawl-run.ts';
import { pageOf } from '../support/feed-xml.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { pageClient, UNAVAILABLE } from '../support/page-client.ts';
import { plainFeed } from '../support/running-edgar.ts';

async function crawlAgain(crawler: Crawler, clock: ManualClock): Promise<Crawl> {
  return clock.drive(crawler.crawl(), { upTo: RETRY_MS });
}

describe('an empty feed', () => {
  test.each([
    [[], 'warn', 'all'],
    [['8-K', '8-K/A'], 'info', '8-K, 8-K/A'],
  ])('is one whose first page is empty three times, and its second once (forms: %j)', async (forms, level, logged) => {
    const { complete, filings, starts, logger, fault } = await runCrawl({ faults: () => 'empty' }, { forms });
    expect({ complete, filings, starts, fault }).toEqual({
      complete: true,
      filings: [],
      starts: [0, 0, 0, 100],
      fault: undefined,
    });
    expect(logger.of('edgar_feed_empty')).toMatchObject([{ level, fields: { forms: logged } }]);
  });

  test.each<Fault>(['unavailable', 'html', 'reset', 'blank'])(
    'is not proven by a second page that cannot be read (%s)',
    async (fault) => {
      const faults = ({ start }: EdgarRequest): Fault => (start === 0 ? 'empty' : fault);
      const outcome = await runCrawl({ feed: plainFeed(290), faults }, { forms: ['8-K'] });
      expect([outcome.complete, outcome.filings]).toEqual([false, []]);
      expect(outcome.problems).toMatchObject([{ start: 0, code: 'EDGAR_PAGE_EMPTY' }]);
      expect(outcome.logger.of('edgar_feed_empty')).toEqual([]);
    },
  );

  test('is believed in the second crawl only, where the one before had rows', async () => {
    const clock = new ManualClock();
    const client = pageClient(140);
    const crawler = new Crawler({ client, clock });
    const completes = [(await crawlAgain(crawler, clock)).complete];
    client.answer = () => pageOf([]);
    completes.push((await crawlAgain(crawler, clock)).complete, (await crawlAgain(crawler, clock)).complete);
    expect(completes).toEqual([true, false, true]);
  });

  test('is not believed after an outage that followed rows', async () => {
    const clock = new ManualClock();
    const client = pageClient(140);
    const crawler = new Crawler({ client, clock });
    await crawlAgain(crawler, clock);
    client.answer = () => UNAVAILABLE;
    await crawlAgain(crawler, clock);
    client.answer = () => pageOf([]);
    expect(await crawlAgain(crawler, clock)).toMatchObject({ complete: false, filings: [] });
    client.answer = () => undefined;
    const { complete, filings } = await crawlAgain(crawler, clock);
    expect([complete, filings.length]).toEqual([true, 140]);
  });

  test('is none whose first page has rows at the second attempt', async () => {
    const { complete, filings } = await runCrawl({ feed: plainFeed(250), faults: faultAt(0, 'empty', 1) });
    expect([complete, filings.length]).toEqual([true, 250]);
  });

  test('is none whose second page has rows: the first one is ill', async () => {
    const outcome = await runCrawl({ feed: plainFeed(250), faults: faultAt(0, 'empty') });
    expect([outcome.complete, outcome.filings.length]).toEqual([false, 150]);
    expect(outcome.problems).toMatchObject([{ start: 0, code: 'EDGAR_PAGE_EMPTY' }]);
    expect(outcome.logger.of('edgar_feed_empty')).toEqual([]);
  });
});
