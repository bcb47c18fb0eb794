import { describe, expect, test } from 'vitest';

import { ids } from '../../../local/discord/index.ts';
import {
  failSource,
  failSourceFor,
  INCIDENT_AFTER_MS,
  secondProcess,
  startWithAdmins,
  told,
} from '../../support/admin-channel.ts';
import { notes } from '../../support/notes.ts';
import { HOUR_MS, MINUTE_MS } from '../../support/times.ts';

describe('a source that fails', () => {
  test('is not told of when it answers again within ten minutes', async () => {
    const harness = await startWithAdmins();
    await failSourceFor(harness, INCIDENT_AFTER_MS - MINUTE_MS);
    await harness.deliver(notes(1));
    await harness.clock.advance(HOUR_MS);
    await harness.deliver(notes(2));
    expect(told(harness)).toEqual([]);
    expect(harness.logger.of('feed_incident_opened')).toEqual([]);
    expect(harness.logger.of('feed_incident_closed')).toEqual([]);
  });

  test('is told of once, with since when, why and what to do, and once more when it answers again', async () => {
    const harness = await startWithAdmins();
    const since = Math.floor(harness.clock.now() / 1000);
    await failSourceFor(harness, HOUR_MS + 12 * MINUTE_MS);
    expect(told(harness)).toHaveLength(1);
    const [message = ''] = told(harness);
    expect(message).toContain('🔴 **The source of `notes` cannot be read**');
    expect(message).toContain(`Since <t:${since}:f> (<t:${since}:R>): no answer within 10 s`);
    expect(message).toContain('Nothing is lost');
    expect(message).toContain('Check the source');
    await harness.deliver(notes(45));
    expect(told(harness)).toHaveLength(2);
    const over = told(harness)[1] ?? '';
    expect(over).toContain('🟢 **The source of `notes` answers again**, after 1 h 12 min.');
    expect(over).toContain('45 items posted in this cycle, nothing waits.');
    await harness.deliver(notes(46));
    expect(told(harness)).toHaveLength(2);
    expect(harness.texts()).toHaveLength(46);
  });

  test('is told of after the time that the feed says', async () => {
    const harness = await startWithAdmins({ delivery: { incidentAfterMs: 2 * MINUTE_MS } });
    await failSourceFor(harness, MINUTE_MS);
    expect(told(harness)).toHaveLength(0);
    await failSourceFor(harness, MINUTE_MS);
    expect(told(harness)).toHaveLength(1);
  });

  test('is told of with the reason behind the error, and with nothing that Discord would act on', async () => {
    const harness = await startWithAdmins();
    const cause = new Error('connect ECONNREFUSED 127.0.0.1:80 @everyone <@&1> **bold** https://u:geheim@example.org');
    await failSourceFor(harness, INCIDENT_AFTER_MS, new TypeError('fetch failed', { cause }));
    const [message = ''] = told(harness);
    expect(message).toContain(String.raw`fetch failed\: connect`.replaceAll('\\', ''));
    expect(message).toContain(String.raw`\@everyone \<\@&1\> \*\*bold\*\*`);
    expect(message).not.toContain('geheim');
    expect(harness.creations(ids.general).map(({ body }) => body)).toMatchObject([
      { allowed_mentions: { parse: [] }, flags: 4, enforce_nonce: true },
    ]);
  });

  test('is told of once although the bot is started again while it fails and before it is over', async () => {
    const harness = await startWithAdmins();
    await failSourceFor(harness, 6 * MINUTE_MS);
    await harness.restart();
    await failSourceFor(harness, 4 * MINUTE_MS);
    expect(told(harness)).toHaveLength(1);
    await harness.restart();
    await failSourceFor(harness, HOUR_MS);
    expect(told(harness)).toHaveLength(1);
    await harness.restart();
    await harness.deliver(notes(1));
    expect(told(harness)).toHaveLength(2);
    expect(told(harness)[1]).toContain('answers again**, after 1 h 10 min.');
  });

  test('is told of once by two processes, whichever hears of the end', async () => {
    const harness = await startWithAdmins();
    const other = await secondProcess(harness);
    const never = new AbortController().signal;
    for (let minute = 0; minute <= 20; minute += 1) {
      await Promise.all([
        failSource(harness),
        other.run({ items: [], complete: false, error: new Error('down') }, never),
      ]);
      await harness.clock.advance(MINUTE_MS);
    }
    expect(told(harness)).toHaveLength(1);
    await other.run({ items: notes(1), complete: true }, never);
    await Promise.all([harness.deliver(notes(1)), other.run({ items: notes(1), complete: true }, never)]);
    expect(told(harness)).toHaveLength(2);
  });

  test('is not told of by a bot that is being stopped', async () => {
    const harness = await startWithAdmins();
    await failSourceFor(harness, INCIDENT_AFTER_MS - MINUTE_MS);
    await harness.clock.advance(HOUR_MS);
    await failSource(harness, new Error('down'), AbortSignal.abort());
    expect(told(harness)).toEqual([]);
    await failSource(harness);
    expect(told(harness)).toHaveLength(1);
  });

  test('is not told of early or late when the clock is set meanwhile', async () => {
    const harness = await startWithAdmins();
    const now = harness.clock.now.bind(harness.clock);
    harness.clock.monotonic = now;
    await failSource(harness);
    harness.clock.now = () => now() + HOUR_MS;
    await harness.clock.advance(MINUTE_MS);
    await failSource(harness);
    expect(told(harness)).toEqual([]);
    harness.clock.now = () => now() - HOUR_MS;
    await harness.clock.advance(9 * MINUTE_MS);
    await failSource(harness);
    expect(told(harness)).toHaveLength(1);
  });
});

describe('a source that comes and goes', () => {
  test('makes no message when it never fails for ten minutes on end', async () => {
    const harness = await startWithAdmins();
    for (let round = 0; round < 10; round += 1) {
      await failSourceFor(harness, 8 * MINUTE_MS);
      await harness.deliver(notes(1));
      await harness.clock.advance(MINUTE_MS);
    }
    expect(told(harness)).toEqual([]);
  });

  test('makes four messages, however often it fails again within half an hour', async () => {
    const harness = await startWithAdmins();
    for (let round = 0; round < 6; round += 1) {
      await failSourceFor(harness, 12 * MINUTE_MS);
      await harness.deliver(notes(1));
      await harness.clock.advance(5 * MINUTE_MS);
      await harness.deliver(notes(1));
    }
    const kinds = (): string[] => told(harness).map((text) => (text.startsWith('🔴') ? 'failing' : 'over'));
    expect(kinds()).toEqual(['failing', 'over', 'failing']);
    await harness.clock.advance(24 * MINUTE_MS);
    await harness.deliver(notes(1));
    expect(kinds()).toHaveLength(3);
    await harness.clock.advance(MINUTE_MS);
    await harness.deliver(notes(1));
    expect(kinds()).toEqual(['failing', 'over', 'failing', 'over']);
    await harness.clock.advance(HOUR_MS);
    await failSourceFor(harness, INCIDENT_AFTER_MS);
    await harness.deliver(notes(1));
    expect(kinds()).toHaveLength(6);
  });

  test('makes no message of a short relapse', async () => {
    const harness = await startWithAdmins();
    await failSourceFor(harness, INCIDENT_AFTER_MS);
    await harness.deliver([]);
    await harness.clock.advance(MINUTE_MS);
    await failSourceFor(harness, 5 * MINUTE_MS);
    await harness.deliver([]);
    await harness.clock.advance(2 * HOUR_MS);
    await harness.deliver([]);
    expect(told(harness)).toHaveLength(2);
  });
});
