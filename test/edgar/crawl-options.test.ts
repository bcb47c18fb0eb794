import { describe, expect, test } from 'vitest';
import { Crawler, type CrawlOptions } from '../../src/edgar/index.ts';
import { SeenConfigError } from '../../src/store/errors.ts';
import { faultAt, runCrawl } from '../support/crawl-run.ts';
import { pageClient } from '../support/page-client.ts';

describe('options of a crawl', () => {
  test.each<[Partial<CrawlOptions>, string]>([
    [{ count: 0 }, 'count must be one of 10, 20, 40, 80, 100, but is 0.'],
    [{ count: 30 }, 'but is 30.'],
    [{ count: NaN }, 'but is NaN.'],
    [{ maxPages: 0 }, 'maxPages must be a whole number above 0, but is 0.'],
    [{ maxPages: 2.5 }, 'maxPages'],
    [{ maxPages: NaN }, 'maxPages'],
    [{ retryDelayMs: -1 }, 'retryDelayMs must be 0 or a number above it, but is -1.'],
    [{ retryDelayMs: Infinity }, 'retryDelayMs'],
  ])('that no crawl can have (%j) are refused by name', (options, message) => {
    const start = (): Crawler => new Crawler({ client: pageClient(0), ...options });
    expect(start).toThrow(SeenConfigError);
    expect(start).toThrow(message);
  });

  test('may leave out the pause', async () => {
    const { complete } = await runCrawl({ faults: faultAt(0, 'html', 1) }, { retryDelayMs: 0 });
    expect(complete).toBe(true);
  });
});
