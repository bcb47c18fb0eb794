import { describe, expect, test } from 'vitest';
import type { Fault } from '../../local/edgar/faults.ts';
import type { FeedQuery } from '../../local/edgar/feed-source.ts';
import type { EdgarRequest } from '../../local/edgar/local-edgar.ts';
import { crawl } from '../../src/edgar/index.ts';
import { faultAt, RETRY_MS, runCrawl } from '../support/crawl-run.ts';
import { accessions, entryXml, feedXml, latin1 } from '../support/feed-xml.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { plainFeed, runEdgar } from '../support/running-edgar.ts';

describe('a bad page', () => {
  test.each<[Fault, string]>([
    ['html', 'EDGAR_PAGE_HTML'],
    ['blank', 'EDGAR_PAGE_TRUNCATED'],
    ['huge', 'EDGAR_PAGE_TOO_LARGE'],
    ['zip-bomb', 'EDGAR_PAGE_TOO_LARGE'],
    ['entity-bomb', 'EDGAR_PAGE_DOCTYPE'],
    ['error-500', 'EDGAR_STATUS'],
    ['access-denied', 'EDGAR_STATUS'],
    ['reset', 'EDGAR_NETWORK'],
  ])('(%s) is asked for again in three rounds, then left out with one line in the log', async (fault, code) => {
    const outcome = await runCrawl({ feed: plainFeed(250), faults: faultAt(100, fault) });
    expect(outcome.starts).toEqual([0, 100, 200, 250, 200, 100, 100, 100]);
    expect([outcome.complete, outcome.filings.length]).toEqual([false, 150]);
    expect(outcome.problems).toMatchObject([{ start: 100, code }]);
    expect(outcome.logger.of('edgar_page_skipped')).toMatchObject([{ level: 'warn', fields: { start: 100, code } }]);
    expect(outcome.logger.of('edgar_page_skipped')[0]?.fields['message']).toMatch(/^.{20,400}$/);
  });

  test.each<Fault>(['hang', 'stall'])('(%s) is asked for again after its time is up', async (fault) => {
    const clock = new ManualClock();
    const { edgar, client } = await runEdgar({ feed: plainFeed(250), faults: faultAt(100, fault, 1) }, { clock });
    const work = crawl({ client, clock });
    await expect.poll(() => edgar.requests.length).toBe(2);
    await clock.advance(30_000);
    const outcome = await clock.drive(work, { upTo: RETRY_MS });
    expect(outcome).toMatchObject({ complete: true, problems: [] });
    expect(outcome.filings).toHaveLength(250);
  });

  test('that is good at the second attempt leaves out nothing', async () => {
    const { complete, filings, problems } = await runCrawl({ feed: plainFeed(250), faults: faultAt(0, 'html', 1) });
    expect([complete, filings.length, problems]).toEqual([true, 250, []]);
  });

  test('does not keep others from being asked for again', async () => {
    const faults = ({ start, attempt }: EdgarRequest): Fault | undefined => {
      if (start % 200 !== 100) return undefined;
      return start === 700 && attempt > 2 ? undefined : 'error-500';
    };
    const { complete, filings, problems } = await runCrawl({ feed: plainFeed(890), faults });
    expect([complete, filings.length]).toEqual([false, 590]);
    expect(problems.map(({ start }) => start)).toEqual([100, 300, 500]);
  });

  test('is asked for in eight rounds at most', async () => {
    // Each round finds one page, which is read anew and reaches a little further.
    let rounds = 0;
    const faults = ({ start, attempt }: EdgarRequest): Fault | undefined => {
      if (start !== 100 + rounds * 40) return start > 100 && start < 800 ? 'html' : undefined;
      if (attempt === 1) return 'html';
      rounds += 1;
      return 'short';
    };
    const { complete, starts } = await runCrawl({ feed: plainFeed(950), faults });
    expect(complete).toBe(false);
    expect(starts.length).toBeLessThan(100);
  });
});

describe('a page most of whose rows are refused', () => {
  test('makes the crawl incomplete, and is told', async () => {
    const outcome = await runCrawl({ feed: plainFeed(250), faults: faultAt(100, 'no-accession') });
    expect(outcome.complete).toBe(false);
    expect(outcome.problems).toContainEqual(expect.objectContaining({ start: 100, code: 'EDGAR_PAGE' }));
    expect(outcome.fault).toContain('100 of the 100 rows');
    expect(outcome.logger.of('edgar_page_unreadable')).toMatchObject([{ level: 'error', fields: { start: 100 } }]);
  });
});

/** A feed whose rows have the given forms; null for one that names none. */
function feedOf(forms: readonly (string | null)[]) {
  const listed = accessions(0, forms.length);
  const entries = forms.map((form, index) =>
    entryXml({
      accession: listed[index] ?? '',
      form,
      title: form === null ? 'Quarterly notice of Harbour Ltd' : `${form} - Harbour Ltd (0001400000) (Filer)`,
    }),
  );
  const page = ({ start, count }: FeedQuery): Uint8Array => latin1(feedXml(...entries.slice(start, start + count)));
  return { page, advance: () => undefined, expected: () => listed };
}

const rowsOf = (form: string | null, rows: number): (string | null)[] => Array.from({ length: rows }, () => form);

describe('forms that cannot be read', () => {
  test.each<[string, (string | null)[], string[], number]>([
    ['all rows', rowsOf(null, 140), ['10-Q'], 0],
    [
      'most rows of one page',
      [...rowsOf('10-Q', 100), ...rowsOf(null, 60), ...rowsOf('10-Q', 40)],
      ['10-Q', '8-K'],
      140,
    ],
    ['a row of an answer in which no other is wanted', ['10-QT', null, '10-Q/A'], ['10-Q'], 0],
  ])('make a filtered crawl incomplete, and are told (%s)', async (_, rows, forms, found) => {
    const outcome = await runCrawl({ feed: feedOf(rows) }, { forms });
    expect([outcome.complete, outcome.filings.length]).toEqual([false, found]);
    expect(outcome.fault).toContain('have no form that can be read');
    expect(outcome.logger.of('edgar_forms_unreadable')).toMatchObject([{ level: 'error' }]);
  });

  test.each<[string, (string | null)[], string[], number]>([
    ['every form is wanted', rowsOf(null, 140), [], 140],
    ['they are few', [...rowsOf('10-Q', 100), ...rowsOf(null, 10), ...rowsOf('10-Q', 40)], ['10-Q'], 140],
    ['EDGAR was asked for every form', [...rowsOf('8-K', 20), null], ['4', '10-Q'], 0],
  ])('are no reason to doubt a crawl where %s', async (_, rows, forms, found) => {
    const { complete, filings, fault } = await runCrawl({ feed: feedOf(rows) }, { forms });
    expect([complete, filings.length, fault]).toEqual([true, found, undefined]);
  });
});

describe('a block page', () => {
  test('is the fault that is told, whatever else is wrong', async () => {
    const faults = ({ start }: EdgarRequest): Fault | undefined =>
      start === 100 ? 'no-accession' : start === 200 ? 'rate' : undefined;
    const { fault, problems, complete } = await runCrawl({ feed: plainFeed(450), faults });
    expect([complete, problems.map(({ code }) => code)]).toEqual([false, ['EDGAR_PAGE', 'EDGAR_BLOCKED']]);
    expect(fault).toContain('refuses this address');
  });

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
    expect(first.fault).toContain(message);

    const second = await crawl({ client, clock, logger });
    expect(second).toMatchObject({ complete: false, filings: [], pages: 0 });
    expect(second.fault).toContain(message.slice(-10));
    expect(edgar.requests).toHaveLength(3);
    expect(logger.of('edgar_blocked')).toMatchObject([
      { level: 'error', fields: { message: expect.stringContaining(message) } },
      { level: 'error', fields: { message: expect.stringContaining('another') } },
    ]);
  });
});
