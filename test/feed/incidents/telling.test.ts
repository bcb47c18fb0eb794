import { describe, expect, test } from 'vitest';

import { FeedUnauthorizedError } from '../../../src/feed/errors.ts';
import { createsMessage, failNext, ids, type Fault } from '../../../local/discord/index.ts';
import {
  failSource,
  failSourceFor,
  INCIDENT_AFTER_MS,
  secondProcess,
  startWithAdmins,
  told,
} from '../../support/admin-channel.ts';
import type { DeliveryHarness } from '../../support/delivery-harness.ts';
import { notes } from '../../support/notes.ts';
import { HOUR_MS, MINUTE_MS } from '../../support/times.ts';

const toAdmins = createsMessage(ids.general);
const untold = (harness: DeliveryHarness) => harness.logger.of('feed_incident_untold');

/** Fails until it is about to be told. */
async function almostTold(): Promise<DeliveryHarness> {
  const harness = await startWithAdmins();
  await failSourceFor(harness, INCIDENT_AFTER_MS - MINUTE_MS);
  await harness.clock.advance(MINUTE_MS);
  return harness;
}

describe('a message whose answer is lost', () => {
  const lost: [string, Fault][] = [
    ['an applied request that was answered with a 500', { kind: 'applied-then-500' }],
    ['an applied request whose connection broke', { kind: 'disconnect', applied: true }],
    ['a request that was not applied, whose connection broke', { kind: 'disconnect', applied: false }],
  ];

  test.each(lost)('is made once within the window of the nonce: %s', async (_what, fault) => {
    const harness = await almostTold();
    harness.discord.faults = failNext(20, fault, toAdmins);
    await failSource(harness);
    expect(untold(harness)).toHaveLength(1);
    harness.discord.faults = undefined;
    await harness.clock.advance(MINUTE_MS);
    await failSource(harness);
    expect(told(harness)).toHaveLength(1);
  });

  test.each(lost)('is made once after the window, and by another process: %s', async (_what, fault) => {
    const harness = await almostTold();
    harness.discord.faults = failNext(20, fault, toAdmins);
    await failSource(harness);
    harness.discord.faults = undefined;
    await harness.restart();
    await harness.clock.advance(HOUR_MS);
    await failSource(harness);
    expect(told(harness)).toHaveLength(1);
    await failSourceFor(harness, HOUR_MS);
    expect(told(harness)).toHaveLength(1);
  });

  test('is not made a second time where the history cannot be read', async () => {
    const harness = await almostTold();
    harness.discord.faults = failNext(20, { kind: 'applied-then-500' }, toAdmins);
    await failSource(harness);
    harness.discord.faults = undefined;
    harness.discord.denyChannel(ids.general, ['readMessageHistory']);
    await harness.clock.advance(HOUR_MS);
    await failSource(harness);
    expect(told(harness)).toHaveLength(1);
    expect(untold(harness).at(-1)?.fields['error']).toMatchObject({
      message: 'Give the bot the permission "Read Message History".',
    });
  });

  test.each([
    ['to shortly after the request', HOUR_MS - 30_000],
    ['to before the request', 2 * HOUR_MS],
  ])('is made once although the clock was set back meanwhile, %s', async (_to, behindMs) => {
    const harness = await almostTold();
    harness.discord.faults = failNext(20, { kind: 'applied-then-500' }, toAdmins);
    await failSource(harness);
    harness.discord.faults = undefined;
    // For Discord an hour has passed, which makes it forget the nonce.
    await harness.clock.advance(HOUR_MS);
    await harness.restart();
    const { clock } = harness;
    const now = clock.now.bind(clock);
    const setBack = { now: () => now() - behindMs, monotonic: now, sleep: clock.sleep.bind(clock) };
    const process = await secondProcess(harness, setBack);
    const failing = { items: [], complete: false, error: 'down' };
    await process.run(failing, new AbortController().signal);
    // An incident that began later than now begins now.
    await clock.advance(INCIDENT_AFTER_MS);
    await process.run(failing, new AbortController().signal);
    expect(told(harness)).toHaveLength(1);
    expect(harness.creations(ids.general)).toHaveLength(4);
  });

  test('is not confused with that of the end', async () => {
    const harness = await almostTold();
    await failSource(harness);
    harness.discord.faults = failNext(20, { kind: 'disconnect', applied: false }, toAdmins);
    await harness.deliver([]);
    harness.discord.faults = undefined;
    await harness.clock.advance(HOUR_MS);
    await harness.deliver([]);
    expect(told(harness)).toHaveLength(2);
    expect(told(harness)[1]).toContain('answers again');
  });
});

describe('an admin channel in trouble', () => {
  test('costs few requests, is logged, and gets the message once it works', async () => {
    const harness = await startWithAdmins();
    harness.discord.denyChannel(ids.general);
    await failSourceFor(harness, HOUR_MS);
    expect(told(harness)).toEqual([]);
    expect(untold(harness)[0]).toMatchObject({
      level: 'warn',
      fields: { subject: 'source:notes', channel_id: ids.general },
    });
    expect(harness.creations(ids.general).length).toBeLessThan(15);
    harness.discord.allowChannel(ids.general);
    await failSourceFor(harness, INCIDENT_AFTER_MS);
    expect(told(harness)).toHaveLength(1);
    expect(told(harness)[0]).toContain('🔴');
  });

  test('gets no message of what is over by then', async () => {
    const harness = await startWithAdmins();
    harness.discord.denyChannel(ids.general);
    await failSourceFor(harness, HOUR_MS);
    await harness.deliver([]);
    harness.discord.allowChannel(ids.general);
    await harness.clock.advance(HOUR_MS);
    await harness.deliver([]);
    expect(told(harness)).toEqual([]);
  });

  test('gets the end later, also from the next process', async () => {
    const harness = await startWithAdmins();
    await failSourceFor(harness, HOUR_MS);
    harness.discord.denyChannel(ids.general);
    await harness.deliver([]);
    harness.discord.allowChannel(ids.general);
    await harness.restart();
    await harness.clock.advance(HOUR_MS);
    await harness.deliver([]);
    expect(told(harness)).toHaveLength(2);
    expect(told(harness)[1]).toContain('after 1 h.');
  });

  test('does not keep the items from being posted', async () => {
    const harness = await startWithAdmins();
    harness.discord.removeChannel(ids.general);
    await failSourceFor(harness, HOUR_MS);
    expect(await harness.deliver(notes(5))).toMatchObject({ posted: 5 });
  });

  test('a token that is refused ends the delivery', async () => {
    const harness = await almostTold();
    harness.discord.faults = () => ({ kind: 'status', status: 401, body: { code: 0, message: '401' } });
    await expect(failSource(harness)).rejects.toThrow(FeedUnauthorizedError);
  });
});

describe('without an admin channel', () => {
  test('the same words are logged, once each, and nothing is posted', async () => {
    const harness = await startWithAdmins({ delivery: { adminChannelId: undefined } });
    const since = new Date(harness.clock.now());
    await failSourceFor(harness, HOUR_MS);
    expect(harness.logger.of('feed_incident_opened')).toEqual([
      {
        level: 'error',
        event: 'feed_incident_opened',
        fields: {
          subject: 'source:notes',
          since,
          title: 'The source of `notes` cannot be read',
          reason: 'no answer within 10 s',
          hint: expect.stringContaining('Nothing is lost'),
        },
      },
    ]);
    await harness.deliver([]);
    expect(harness.logger.of('feed_incident_closed')).toEqual([
      {
        level: 'info',
        event: 'feed_incident_closed',
        fields: { subject: 'source:notes', since, title: 'The source of `notes` answers again', duration_ms: HOUR_MS },
      },
    ]);
    expect(harness.discord.requests.filter(({ method }) => method === 'POST')).toEqual([]);
  });
});
