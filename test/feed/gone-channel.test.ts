import { describe, expect, test } from 'vitest';

import { createsMessage, failNext, ids, type Fault, type IncomingRequest } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { notes } from '../support/notes.ts';
import { DAY_MS, HOUR_MS, LATER_MS } from '../support/times.ts';

const both = { channels: [ids.announcements, ids.general] };
const subject = `channel:${ids.announcements}`;

/** Delivers a new item every six hours. */
async function deliverFor(harness: DeliveryHarness, days: number, prefix: string, options: object = {}): Promise<void> {
  for (let count = 0; count < days * 4; count += 1) {
    await harness.deliver([{ id: `${prefix}${count}`, ...options }]);
    await harness.clock.advance(6 * HOUR_MS);
  }
}

/** Takes the right to post away, as `allow` gives it back. */
const spoil = (harness: DeliveryHarness): void => harness.discord.denyChannel(ids.announcements);
const mend = (harness: DeliveryHarness): void => harness.discord.allowChannel(ids.announcements);

const unreachable = (request: IncomingRequest): Fault | undefined =>
  createsMessage(ids.announcements)(request) ? { kind: 'status', status: 503 } : undefined;

/** Tries the channel `times` times: its longest pause lies between two of them. */
async function refuse(harness: DeliveryHarness, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    await harness.deliver([{ id: 'waiting' }]);
    await harness.clock.advance(LATER_MS);
  }
}

async function outage(harness: DeliveryHarness, days: number): Promise<void> {
  harness.discord.faults = unreachable;
  await deliverFor(harness, days, `outage ${harness.clock.now()} `);
  harness.discord.faults = undefined;
}

describe('a channel that takes no posts for days', () => {
  test('until it is given up, its items wait, over restarts; then the backlog ends, and that is said once', async () => {
    const harness = await DeliveryHarness.start({ delivery: { giveUpChannelAfterMs: 2 * DAY_MS } });
    spoil(harness);
    await deliverFor(harness, 1.5, 'a');
    await harness.restart();
    expect(await harness.store.ledger.counts()).toMatchObject({ waiting: 6, failed: 0 });
    expect(harness.logger.of('feed_channel_given_up')).toEqual([]);
    await deliverFor(harness, 3, 'b');
    expect(await harness.store.ledger.counts()).toMatchObject({ waiting: 0, failed: 18 });
    expect(harness.logger.of('feed_channel_given_up')).toMatchObject([
      { level: 'error', fields: { channel_id: ids.announcements, hint: expect.stringContaining('/seen retry') } },
    ]);
    const [letter] = await harness.store.ledger.failed();
    expect(letter?.lastError).toMatch(
      /^given up, after no post since 2026-01-05T14.*: channel \d+ takes no posts: .*Send Messages/,
    );
  });

  test('it is not given up because the clock is set right by years, but once the time has passed', async () => {
    const harness = await DeliveryHarness.start({ delivery: { giveUpChannelAfterMs: 2 * DAY_MS } });
    harness.clock.step(-2_000 * DAY_MS);
    spoil(harness);
    await harness.deliver(notes(3));
    harness.clock.step(2_000 * DAY_MS);
    await deliverFor(harness, 1.5, 'a');
    expect(await harness.store.ledger.counts()).toMatchObject({ waiting: 9, failed: 0 });
    await deliverFor(harness, 1, 'b');
    expect(await harness.store.ledger.counts()).toMatchObject({ waiting: 0, failed: 13 });
  });

  test.for<[string, number, number]>([
    ['is gone', 404, 10_003],
    ['is out of reach', 403, 50_001],
  ])(
    'an item in doubt is given up with a channel that %s, and found there once it is back',
    async ([, status, code]) => {
      const harness = await DeliveryHarness.start({ delivery: { giveUpChannelAfterMs: DAY_MS } });
      harness.discord.faults = failNext(4, { kind: 'applied-then-500' }, createsMessage(ids.announcements));
      await harness.deliver(notes(1, 'n', both));
      const body = { code, message: 'refused' };
      harness.discord.faults = ({ path }) =>
        path.startsWith(`/channels/${ids.announcements}`) ? { kind: 'status', status, body } : undefined;
      await harness.clock.advance(HOUR_MS);
      await harness.restart();
      await deliverFor(harness, 2, 'late');
      expect(await harness.store.ledger.counts()).toMatchObject({ waiting: 0, failed: 9 });
      expect((await harness.store.ledger.find('n1'))?.lastError).toMatch(/^given up, after no post since/);
      harness.discord.faults = undefined;
      await harness.store.ledger.retry();
      await harness.clock.advance(HOUR_MS);
      await harness.deliver([]);
      await harness.deliver([]);
      expect(harness.texts()[0]).toBe('n1: about n1');
      expect(new Set(harness.texts()).size).toBe(9);
      expect(harness.texts()).toHaveLength(9);
      expect(harness.texts(ids.general)).toEqual(['n1: about n1']);
    },
  );

  test('an item in doubt whose channel is gone opens the incident of the channel, although nothing else is posted', async () => {
    const harness = await DeliveryHarness.start({ delivery: { giveUpChannelAfterMs: DAY_MS } });
    harness.discord.faults = failNext(4, { kind: 'applied-then-500' }, createsMessage(ids.announcements));
    await harness.deliver(notes(1));
    harness.discord.removeChannel(ids.announcements);
    await harness.clock.advance(HOUR_MS);
    await harness.restart();
    for (let hour = 0; hour < 30; hour += 1) {
      await harness.deliver([]);
      await harness.clock.advance(HOUR_MS);
    }
    expect((await harness.store.incidents.current()).map((incident) => incident.subject)).toContain(subject);
    expect(harness.logger.of('feed_channel_given_up')).toHaveLength(1);
    expect(await harness.store.ledger.counts()).toMatchObject({ waiting: 0, failed: 1 });
  });

  test('its items are dead letters without an enrichment, except one that tries it now and then', async () => {
    const harness = await DeliveryHarness.start({ delivery: { giveUpChannelAfterMs: HOUR_MS } });
    spoil(harness);
    await deliverFor(harness, 1, 'a');
    await harness.deliver([]);
    const [paid, requests] = [harness.feed.enriched.length, harness.creations().length];
    for (let count = 0; count < 12; count += 1) {
      await harness.clock.advance(LATER_MS);
      await harness.deliver(notes(10, `${count} `));
    }
    expect(await harness.store.ledger.counts()).toMatchObject({ waiting: 0, failed: 4 + 120 });
    expect(harness.feed.enriched.length - paid).toBe(2);
    expect(harness.creations().length - requests).toBe(2);
  });

  test('the other channel shows every item, which counts as posted once', async () => {
    const harness = await DeliveryHarness.start({ delivery: { giveUpChannelAfterMs: DAY_MS } });
    spoil(harness);
    await deliverFor(harness, 3, 'a', both);
    await harness.clock.advance(HOUR_MS);
    await harness.deliver([]);
    expect(harness.texts(ids.general)).toHaveLength(12);
    const db = await harness.store.stats();
    expect(db).toMatchObject({ lastCycle: { posted: 0 } });
    const cycles = harness.logger.of('feed_cycle_finished').map(({ fields }) => Number(fields?.['posted']));
    expect(cycles.reduce((sum, posted) => sum + posted, 0)).toBe(12);
    expect(harness.feed.enriched).toHaveLength(12);
  });

  test('an item tries it once an hour, and the first that gets through says that it works', async () => {
    const harness = await DeliveryHarness.start({ delivery: { giveUpChannelAfterMs: HOUR_MS } });
    spoil(harness);
    await deliverFor(harness, 1, 'a');
    mend(harness);
    await harness.clock.advance(HOUR_MS);
    await harness.deliver(notes(3, 'back'));
    await harness.deliver(notes(6, 'back'));
    expect(harness.texts()).toHaveLength(6);
    expect(harness.logger.of('feed_channel_works')).toMatchObject([{ fields: { channel_id: ids.announcements } }]);
    expect(await harness.store.incidents.current()).toEqual([]);
  });

  test('its dead letters are posted by a retry, at once and each once, although nobody had tried the channel since', async () => {
    const harness = await DeliveryHarness.start({ delivery: { giveUpChannelAfterMs: HOUR_MS } });
    spoil(harness);
    await deliverFor(harness, 1, 'a', both);
    await harness.deliver(notes(8, 'b', both));
    await harness.deliver([]);
    expect(await harness.store.ledger.counts()).toMatchObject({ waiting: 0, failed: 12 });
    mend(harness);
    await harness.clock.advance(60_000);
    expect(await harness.store.ledger.retry()).toBe(12);
    await harness.deliver([]);
    expect(harness.texts()).toHaveLength(12);
    expect(harness.texts(ids.general)).toHaveLength(12);
    expect(await harness.store.ledger.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
  });

  test('a retry while it is still gone costs one request, and makes dead letters again', async () => {
    const harness = await DeliveryHarness.start({ delivery: { giveUpChannelAfterMs: HOUR_MS } });
    spoil(harness);
    await deliverFor(harness, 1, 'a');
    await harness.deliver(notes(20, 'b'));
    await harness.clock.advance(60_000);
    const [requests, failed] = [harness.creations().length, (await harness.store.ledger.counts()).failed];
    await harness.store.ledger.retry();
    await harness.deliver([]);
    expect(harness.creations()).toHaveLength(requests + 1);
    expect(await harness.store.ledger.counts()).toEqual({ waiting: 0, active: 0, failed });
  });
});

describe('the beginning of a trouble', () => {
  test('is an incident of the store, which ends with the first post', async () => {
    const harness = await DeliveryHarness.start();
    const began = new Date(harness.clock.now());
    spoil(harness);
    await deliverFor(harness, 1, 'a');
    expect(await harness.store.incidents.current()).toMatchObject([
      { subject, since: began },
      { subject: `refusal:${ids.announcements}:notes`, since: began },
    ]);
    await harness.restart();
    mend(harness);
    await harness.deliver([]);
    expect(await harness.store.incidents.current()).toEqual([]);
    expect(harness.logger.of('feed_incident_closed')).toMatchObject([{ fields: { subject, since: began } }]);
  });

  test('that ended long ago gives up no channel that fails for the first time again', async () => {
    const harness = await DeliveryHarness.start({ delivery: { giveUpChannelAfterMs: DAY_MS } });
    await harness.store.incidents.open(subject, 'an earlier trouble, whose items were marked as seen');
    await harness.clock.advance(7 * DAY_MS);
    spoil(harness);
    await harness.deliver(notes(3));
    expect(await harness.store.ledger.counts()).toMatchObject({ waiting: 3, failed: 0 });
    mend(harness);
    await harness.clock.advance(LATER_MS);
    await harness.deliver([]);
    expect(harness.texts()).toHaveLength(3);
  });

  test('trouble of Discord’s gives up no channel, however long it lasts', async () => {
    const harness = await DeliveryHarness.start({ delivery: { giveUpChannelAfterMs: HOUR_MS } });
    const posts = createsMessage(ids.announcements);
    harness.discord.faults = (request) => (posts(request) ? { kind: 'status', status: 503 } : undefined);
    await deliverFor(harness, 5, 'a');
    expect(await harness.store.ledger.counts()).toMatchObject({ waiting: 20, failed: 0 });
    expect(harness.logger.of('feed_channel_given_up')).toEqual([]);
    expect(await harness.store.incidents.current()).toMatchObject([{ subject }]);
  });

  test('an outage that ends with refusals gives up no channel: it was no refusal', async () => {
    const harness = await DeliveryHarness.start({ delivery: { giveUpChannelAfterMs: DAY_MS } });
    spoil(harness);
    await refuse(harness, 3);
    await outage(harness, 3);
    await refuse(harness, 5);
    expect(harness.logger.of('feed_channel_given_up')).toEqual([]);
    expect(await harness.store.ledger.counts()).toMatchObject({ failed: 0 });
  });

  test('nor does it where the process restarts in the middle of it, or after it', async () => {
    const harness = await DeliveryHarness.start({ delivery: { giveUpChannelAfterMs: DAY_MS } });
    spoil(harness);
    await refuse(harness, 3);
    mend(harness);
    await outage(harness, 2);
    await harness.restart();
    await outage(harness, 1);
    await harness.restart();
    spoil(harness);
    await refuse(harness, 5);
    expect(harness.logger.of('feed_channel_given_up')).toEqual([]);
    expect(await harness.store.ledger.counts()).toMatchObject({ failed: 0 });
  });

  test('an answer of Discord’s that fails now and then between the refusals puts nothing off', async () => {
    const harness = await DeliveryHarness.start({ delivery: { giveUpChannelAfterMs: 6 * HOUR_MS } });
    spoil(harness);
    for (let round = 0; round < 10; round += 1) {
      await refuse(harness, 3);
      harness.discord.faults = unreachable;
      await refuse(harness, 1);
      harness.discord.faults = undefined;
    }
    expect(harness.logger.of('feed_channel_given_up')).toHaveLength(1);
  });

  test('refusals before and after a restart add up', async () => {
    const harness = await DeliveryHarness.start({ delivery: { giveUpChannelAfterMs: 6 * HOUR_MS } });
    spoil(harness);
    await refuse(harness, 20);
    await harness.restart();
    await refuse(harness, 20);
    expect(harness.logger.of('feed_channel_given_up')).toHaveLength(1);
  });

  test('a machine that boots in 1970 and is set right has refused nothing for years, over a restart either', async () => {
    const harness = await DeliveryHarness.start();
    const error = harness.clock.now();
    harness.clock.step(-error);
    spoil(harness);
    await refuse(harness, 3);
    harness.clock.step(error);
    await refuse(harness, 5);
    await harness.restart();
    await refuse(harness, 5);
    expect(harness.logger.of('feed_channel_given_up')).toEqual([]);
  });

  test('what is wrong with the channel is logged once, each missing permission by its name', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.denyChannel(ids.announcements, ['sendMessages', 'embedLinks']);
    await deliverFor(harness, 1, 'a');
    const problems = ['"Send Messages"', '"Embed Links"'].map((name) => expect.stringContaining(name));
    expect(harness.logger.of('feed_channel_unusable')).toMatchObject([
      { level: 'error', fields: { feed: 'notes', channel_id: ids.announcements, problems } },
    ]);
  });

  test('a channel whose check fails is reported all the same', async () => {
    const harness = await DeliveryHarness.start();
    spoil(harness);
    harness.discord.faults = ({ method }) => (method === 'GET' ? { kind: 'status', status: 502 } : undefined);
    await harness.deliver(notes(1));
    expect(harness.logger.of('feed_channel_unusable')).toMatchObject([
      { fields: { reason: expect.stringContaining('50013'), check_error: expect.any(Error) } },
    ]);
  });
});
