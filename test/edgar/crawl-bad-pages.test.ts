import { describe, expect, test } from 'vitest';
import type { Fault } from '../../local/edgar/faults.ts';
import type { EdgarRequest } from '../../local/edgar/local-edgar.ts';
import { crawl } from '../../src/edgar/index.ts';
import { faultAt, RETRY_MS, runCrawl } from '../support/crawl-run.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { plainFeed, runEdgar } from '../support/running-edgar.ts';

describe('a bad page', () => {
  test.each<[Fault, string]>([
    ['malformed', 'EDGAR_PAGE_MALFORMED'],
    ['html', 'EDGAR_PAGE_HTML'],
    ['blank', 'EDGAR_PAGE_TRUNCATED'],
    ['truncated', 'EDGAR_PAGE_TRUNCATED'],
    ['huge', 'EDGAR_PAGE_TOO_LARGE'],
    ['zip-bomb', 'EDGAR_PAGE_TOO_LARGE'],
    ['entity-bomb', 'EDGAR_PAGE_DOCTYPE'],
    ['error-500', 'EDGAR_STATUS'],
    ['access-denied', 'EDGAR_STATUS'],
    ['reset', 'EDGAR_NETWORK'],
  ])('(%s) is asked for twice, then left out with one line in the log, and the crawl goes on', async (fault, code) => {
    const outcome = await runCrawl({ feed: plainFeed(250), faults: faultAt(100, fault) });
    expect(outcome.starts).toEqual([0, 100, 100, 200, 300]);
    expect([outcome.complete, outcome.filings.length]).toEqual([false, 150]);
    expect(outcome.problems).toMatchObject([{ start: 100, code }]);
    expect(outcome.logger.of('edgar_page_skipped')).toMatchObject([{ level: 'warn', fields: { start: 100, code } }]);
    expect(outcome.logger.of('edgar_page_skipped')[0]?.fields['message']).toMatch(/^.{20,400}$/);
  });

  test.each<Fault>(['hang', 'stall'])('(%s) is left out after two timeouts', async (fault) => {
    const clock = new ManualClock();
    const { edgar, client } = await runEdgar({ feed: plainFeed(250), faults: faultAt(100, fault) }, { clock });
    const work = crawl({ client, clock });
    await expect.poll(() => edgar.requests.length).toBe(2);
    await clock.advance(30_000);
    await clock.advance(RETRY_MS);
    await expect.poll(() => edgar.requests.length).toBe(3);
    await clock.advance(30_000);
    const outcome = await work;
    expect(outcome).toMatchObject({ complete: false, problems: [{ start: 100, code: 'EDGAR_TIMEOUT' }] });
    expect(outcome.filings).toHaveLength(150);
  });

  test('that is good at the second attempt leaves out nothing', async () => {
    const { complete, filings, problems } = await runCrawl({
      feed: plainFeed(250),
      faults: faultAt(0, 'truncated', 1),
    });
    expect([complete, filings.length, problems]).toEqual([true, 250, []]);
  });

  test('ends the crawl as the third in a row, and what was found before is kept', async () => {
    const faults = ({ start }: EdgarRequest): Fault | undefined => (start >= 200 ? 'html' : undefined);
    const { complete, filings, starts, logger } = await runCrawl({ feed: plainFeed(1000), faults });
    expect([complete, filings.length]).toEqual([false, 200]);
    expect(starts).toEqual([0, 100, 200, 200, 300, 300, 400, 400]);
    expect(logger.of('edgar_crawl_gave_up')).toHaveLength(1);
  });

  test('does not end the crawl if a good one follows', async () => {
    const faults = ({ start }: EdgarRequest): Fault | undefined => (start % 200 === 0 ? 'error-500' : undefined);
    const { complete, filings, problems } = await runCrawl({ feed: plainFeed(950), faults });
    expect([complete, filings.length, problems.length]).toEqual([false, 450, 5]);
  });
});

describe('a block page', () => {
  test.each<[Fault, string]>([
    ['rate', 'more than 10 requests a second'],
    ['undeclared', 'Set a real User-Agent'],
  ])('(%s) ends the crawl at once and keeps the next one from asking', async (fault, message) => {
    const clock = new ManualClock();
    const logger = new RecordingLogger();
    const { edgar, client } = await runEdgar({ feed: plainFeed(450), faults: faultAt(200, fault) }, { clock });
    const first = await crawl({ client, clock, logger });
    expect(first).toMatchObject({ complete: false, pages: 2, problems: [{ start: 200, code: 'EDGAR_BLOCKED' }] });
    expect(first.filings).toHaveLength(200);
    expect(first.blockedUntil).toEqual(client.blockedUntil);

    expect(await crawl({ client, clock, logger })).toMatchObject({ complete: false, filings: [], pages: 0 });
    expect(edgar.requests).toHaveLength(3);
    expect(logger.of('edgar_blocked')).toMatchObject([
      { level: 'error', fields: { message: expect.stringContaining(message) } },
      { level: 'error', fields: { message: expect.stringContaining('another') } },
    ]);
  });
});
