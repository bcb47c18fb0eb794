import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';

import { startLocalEdgar, type LocalEdgar } from '../../local/edgar/local-edgar.ts';
import { Crawler, EdgarClient } from '../../src/edgar/index.ts';
import { poll } from '../../src/feed/poll.ts';
import { Elections } from '../support/elections.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { plainFeed } from '../support/running-edgar.ts';

const NOON = Date.UTC(2026, 0, 5, 12);
const STEP_MS = 50;
/** The time that a request may take, in which nothing else sleeps for as long. */
const TIMEOUT_MS = 29_000;

/** The SEC's limit, over all of a user's machines. */
const LIMIT = 10;

/** A process that polls EDGAR at the rate of the bot, on a clock of its own. */
class Poller {
  readonly clock = new ManualClock(NOON);
  readonly logger = new RecordingLogger();
  readonly #name: string;
  readonly #edgar: LocalEdgar;
  isSuspended = false;

  constructor(name: string, edgar: LocalEdgar, elections: Elections) {
    this.#name = name;
    this.#edgar = edgar;
    const { clock, logger } = this;
    const { baseUrl } = edgar;
    const userAgent = `${name} a@example.com`;
    const client = new EdgarClient({ userAgent, baseUrl, requestsPerSecond: 5, timeoutMs: TIMEOUT_MS, clock });
    const crawler = new Crawler({ client, clock });
    const stopping = new AbortController();
    const store = elections.store(name).asStore;
    const options = { feed: 'filings', everyMs: 10_000, store, clock, logger, signal: stopping.signal };
    const polling = poll((signal) => crawler.crawl(signal), options);
    onTestFinished(async () => {
      stopping.abort();
      await polling;
    });
  }

  get requests(): number {
    return this.#edgar.requests.filter(({ userAgent }) => userAgent.startsWith(this.#name)).length;
  }

  /** Resolves once no request of the process is under way. */
  async answered(): Promise<void> {
    while (this.clock.sleeping.includes(TIMEOUT_MS)) await nextTurn();
  }
}

/** Two processes that share a database, and an EDGAR that refuses more than the SEC's rate. */
async function start() {
  const clock = new ManualClock(NOON);
  const edgar = await startLocalEdgar({ feed: plainFeed(2_000), clock, requestsPerSecond: LIMIT });
  onTestFinished(() => edgar.close());
  const elections = new Elections(clock);
  const one = new Poller('one', edgar, elections);
  const two = new Poller('two', edgar, elections);
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await clock.advance(STEP_MS);
      for (const process of [one, two]) if (!process.isSuspended) await process.clock.advance(STEP_MS);
      for (const process of [one, two]) await process.answered();
    }
  };
  const mostInASecond = (): number =>
    Math.max(...edgar.requests.map(({ at }) => edgar.requests.filter((r) => r.at > at - 1000 && r.at <= at).length));
  return { one, two, pass, mostInASecond };
}

test('a leader that was suspended within a crawl sends no request after it has woken, and the rate holds over all', async () => {
  const { one, two, pass, mostInASecond } = await start();
  await pass(2_000);
  expect(two.requests).toBe(0);
  expect(one.requests).toBeGreaterThan(4);
  one.isSuspended = true;
  await pass(17_000);
  expect(two.requests).toBeGreaterThan(4);
  const before = one.requests;
  await one.clock.suspend(17_000);
  one.isSuspended = false;
  await pass(5_000);
  expect(one.requests).toBe(before);
  expect(one.logger.of('feed_lead_lost')).toHaveLength(1);
  expect(mostInASecond()).toBeLessThanOrEqual(6);
});
