import { expect, test } from 'vitest';
import {
  crawl,
  EdgarStatusError,
  EdgarTimeoutError,
  EdgarUnavailableError,
  type EdgarPageError,
} from '../../src/edgar/index.ts';
import { accessions, pageOf } from '../support/feed-xml.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** A feed of 5,100 rows of which some requests fail, each after some time. */
async function crawlWith(fails: (request: number, start: number) => EdgarPageError | null, failureMs: number) {
  const clock = new ManualClock();
  let [requests, failures] = [0, 0];
  const fetchPage = async ({ start }: { start: number }): Promise<Uint8Array> => {
    requests += 1;
    const error = start >= 5100 ? new EdgarUnavailableError() : fails(requests, start);
    if (error === null) return pageOf(accessions(start, 100));
    failures += 1;
    if (start < 5100) await clock.sleep(failureMs);
    throw error;
  };
  const startedAt = clock.monotonic();
  const result = await clock.drive(crawl({ client: { fetchPage }, clock }), { upTo: 30_000 });
  return { ...result, failures, elapsedMs: clock.monotonic() - startedAt };
}

test('a crawl of which most requests run into their time limit ends after a minute of them', async () => {
  const { complete, filings, elapsedMs } = await crawlWith(
    (request) => (request % 3 === 1 ? null : new EdgarTimeoutError(30_000)),
    30_000,
  );
  expect(complete).toBe(false);
  expect(filings.length).toBeGreaterThanOrEqual(100);
  expect(elapsedMs).toBeLessThanOrEqual(90_000);
});

test('a crawl of which most requests fail at once ends after 40 of them', async () => {
  const { complete, failures, filings } = await crawlWith(
    (request) => (request % 3 === 1 ? null : new EdgarStatusError(500)),
    100,
  );
  expect([complete, failures]).toEqual([false, 40]);
  expect(filings.length).toBeGreaterThanOrEqual(1000);
});

test('one page that hangs each time keeps no other from being read', async () => {
  const { complete, filings, problems } = await crawlWith(
    (_, start) => (start > 200 && start <= 300 ? new EdgarTimeoutError(30_000) : null),
    30_000,
  );
  expect([complete, filings.length]).toEqual([false, 5000]);
  expect(problems).toMatchObject([{ start: 300, code: 'EDGAR_TIMEOUT' }]);
});
