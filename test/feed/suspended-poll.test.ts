import { expect, onTestFinished, test } from 'vitest';

import { poll } from '../../src/feed/poll.ts';
import { Elections } from '../support/elections.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

const NOON = Date.UTC(2026, 0, 5, 12);

test('a leader that was suspended between two polls makes none in its old term, although that timer fires first', async () => {
  const database = new ManualClock(NOON);
  const clock = new ManualClock(NOON);
  const store = new Elections(database).store('one');
  const logger = new RecordingLogger();
  const stopping = new AbortController();
  const terms: number[] = [];
  const task = async (): Promise<void> => {
    await Promise.resolve();
    terms.push(logger.of('feed_lead_gained').length);
  };
  const options = { feed: 'news', everyMs: 300, store: store.asStore, clock, logger, signal: stopping.signal };
  const ended = poll(task, options);
  onTestFinished(async () => {
    stopping.abort();
    await ended;
  });
  for (let at = 0; at < 1_000; at += 100) await clock.advance(100);
  const before = terms.length;
  expect(before).toBeGreaterThan(2);

  await clock.suspend(20_000);
  expect(logger.of('feed_lead_lost')).toHaveLength(1);
  expect(terms.slice(before)).not.toContain(1);
});
