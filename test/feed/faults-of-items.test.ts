import { describe, expect, test } from 'vitest';

import { createsMessage, ids, type Fault, type IncomingRequest } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes, type Note, type Summary } from '../support/notes.ts';
import { LATER_MS, MINUTE_MS } from '../support/times.ts';

const both = { channels: [ids.announcements, ids.general] };

/** A firewall that lets the item `bad` into no channel with announcements, and an outage of the other channel. */
class Weather {
  isDown = true;

  readonly faults = (request: IncomingRequest): Fault | undefined => {
    if (createsMessage(ids.general)(request) && this.isDown) return { kind: 'status', status: 503 };
    const isBad = createsMessage(ids.announcements)(request) && JSON.stringify(request.body).includes('bad:');
    return isBad ? { kind: 'status', status: 403, body: '<html>forbidden words</html>' } : undefined;
  };
}

async function start(maxAttempts: number): Promise<{ readonly harness: DeliveryHarness; readonly weather: Weather }> {
  const harness = await DeliveryHarness.start({ delivery: { maxAttempts } });
  const weather = new Weather();
  harness.discord.faults = weather.faults;
  return { harness, weather };
}

/** Delivers `rounds` times, each time with one item more, for the first channel. */
async function deliverMore(harness: DeliveryHarness, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await harness.clock.advance(LATER_MS);
    await harness.deliver([{ id: `more${harness.clock.now()}` }]);
  }
}

describe('an item that one channel refuses for what is in it', () => {
  test('gets into another that was down for longer than all its attempts take, and is a dead letter afterwards', async () => {
    const { harness, weather } = await start(3);
    await harness.deliver([{ id: 'bad', ...both }, { id: 'good' }]);
    await deliverMore(harness, 12);
    expect(await harness.store.ledger.counts()).toMatchObject({ waiting: 1, failed: 0 });
    const { posts = [] } = (await harness.store.ledger.find('bad')) ?? {};
    expect(posts.find(({ channelId }) => channelId === ids.announcements)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('(attempt 3 of 3)'),
    });
    weather.isDown = false;
    await deliverMore(harness, 1);
    expect(harness.texts(ids.general)).toEqual(['bad: about bad']);
    await deliverMore(harness, 12);
    const [letter] = await harness.store.ledger.failed();
    expect(letter).toMatchObject({ id: 'bad', lastError: expect.stringContaining('403') });
    expect(harness.feed.enriched.filter((id) => id === 'bad')).toHaveLength(1);
  });

  test('keeps its place in the other channel', async () => {
    const { harness, weather } = await start(10);
    await harness.deliver([{ id: 'bad', ...both }, ...notes(3, 'n', both)]);
    await deliverMore(harness, 8);
    weather.isDown = false;
    await deliverMore(harness, 1);
    expect(harness.texts(ids.general).map((text) => text.split(':')[0])).toEqual(['bad', 'n1', 'n2', 'n3']);
  });

  test('is not sent to the channel that refuses it with each try of the one that is down', async () => {
    const { harness } = await start(10);
    await harness.deliver([{ id: 'bad', ...both }, { id: 'good' }]);
    await deliverMore(harness, 1);
    const requests = harness.creations().filter(({ body }) => JSON.stringify(body).includes('bad:')).length;
    for (let minute = 0; minute < 60; minute += 1) {
      await harness.clock.advance(MINUTE_MS);
      await harness.deliver([{ id: `minute${minute}` }]);
    }
    const later = harness.creations().filter(({ body }) => JSON.stringify(body).includes('bad:')).length;
    expect(later - requests).toBeLessThanOrEqual(12);
    expect(harness.texts()).not.toContain('bad: about bad');
  });

  test('is tried there again as soon as somebody asks for it', async () => {
    const { harness, weather } = await start(3);
    await harness.deliver([{ id: 'bad', ...both }, { id: 'good' }]);
    await deliverMore(harness, 12);
    weather.isDown = false;
    await deliverMore(harness, 12);
    harness.discord.faults = undefined;
    expect(await harness.store.ledger.retry(['bad'])).toBe(1);
    await harness.deliver([]);
    expect(harness.texts()).toContain('bad: about bad');
    expect(harness.texts(ids.general)).toEqual(['bad: about bad']);
  });
});

describe('a feed that cannot make the message for one channel', () => {
  class HalfFeed extends NoteFeed {
    override message(note: Note, summary: Summary, channelId?: string) {
      if (channelId === ids.announcements) throw new Error('no template');
      return super.message(note, summary);
    }
  }

  test('posts into the others at once, and once; then the item is a dead letter', async () => {
    const harness = await DeliveryHarness.start({ feed: new HalfFeed(), delivery: { maxAttempts: 3 } });
    expect(await harness.deliver(notes(2, 'n', both))).toMatchObject({ posted: 2, failed: 2 });
    expect(harness.texts(ids.general)).toEqual(['n1: about n1', 'n2: about n2']);
    for (let round = 0; round < 5; round += 1) {
      await harness.clock.advance(LATER_MS);
      await harness.deliver([]);
    }
    expect(harness.texts(ids.general)).toHaveLength(2);
    expect(await harness.store.ledger.counts()).toMatchObject({ waiting: 0, failed: 2 });
    expect(await harness.store.ledger.find('n1')).toMatchObject({ lastError: 'no template (attempt 3 of 3)' });
  });

  test('waits for the others, however long they are down', async () => {
    const harness = await DeliveryHarness.start({ feed: new HalfFeed(), delivery: { maxAttempts: 2 } });
    harness.discord.denyChannel(ids.general);
    for (let round = 0; round < 30; round += 1) {
      await harness.deliver([{ id: 'n1', ...both }]);
      await harness.clock.advance(LATER_MS);
    }
    expect(await harness.store.ledger.find('n1')).toMatchObject({ state: 'posting' });
    harness.discord.allowChannel(ids.general);
    await harness.deliver([]);
    expect(harness.texts(ids.general)).toEqual(['n1: about n1']);
  });
});
