import { describe, expect, test } from 'vitest';

import type { ItemEvent } from '../../src/store/index.ts';
import { createsMessage, failNext, ids, type Fault } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes } from '../support/notes.ts';
import { LATER_MS } from '../support/times.ts';

const posts = createsMessage(ids.announcements);
const onlyOnce = ['n1: about n1'];

/** Lets the request time out by the clock, once it has arrived. */
async function letTimeOut(harness: DeliveryHarness, delivering: Promise<unknown>): Promise<void> {
  await harness.discord.waitUntil('the request', () => harness.creations().length > 0);
  await harness.clock.advance(45_000);
  await delivering;
}

describe('a request with an unknown outcome', () => {
  test('a request that was applied and answered with 500 makes one message', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.faults = failNext(1, { kind: 'applied-then-500' }, posts);
    expect(await harness.deliver(notes(1))).toMatchObject({ posted: 1 });
    expect(harness.creations()).toHaveLength(2);
    expect(harness.texts()).toEqual(onlyOnce);
  });

  test.each<[string, number, Fault]>([
    ['answered with 500 at every try', 4, { kind: 'applied-then-500' }],
    ['cut off', 1, { kind: 'disconnect', applied: true }],
  ])('a request that was applied and %s makes one message', async (_what, times, fault) => {
    const harness = await DeliveryHarness.start();
    harness.discord.faults = failNext(times, fault, posts);
    expect(await harness.deliver(notes(1))).toMatchObject({ posted: 0, failed: 1 });
    await harness.clock.advance(60_000);
    expect(await harness.deliver([])).toMatchObject({ posted: 1 });
    expect(harness.texts()).toEqual(onlyOnce);
    expect(harness.feed.enriched).toEqual(['n1']);
  });

  test('a request that was applied and never answered makes one message', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.faults = failNext(1, { kind: 'timeout', applied: true }, posts);
    await letTimeOut(harness, harness.deliver(notes(1)));
    await harness.clock.advance(60_000);
    expect(await harness.deliver([])).toMatchObject({ posted: 1 });
    expect(harness.texts()).toEqual(onlyOnce);
  });

  test('a request that was applied, answered with 500, and refused when tried again makes one message', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.faults = () => {
      const isFirst = harness.creations().length === 1;
      return isFirst
        ? { kind: 'applied-then-500' }
        : { kind: 'status', status: 403, body: { code: 50_013, message: 'no' } };
    };
    await harness.deliver(notes(1));
    harness.discord.faults = undefined;
    await harness.clock.advance(LATER_MS);
    expect(await harness.deliver([])).toMatchObject({ posted: 1 });
    expect(harness.texts()).toEqual(onlyOnce);
  });

  test('a request that was applied and whose answer cannot be read makes one message', async () => {
    const harness = await DeliveryHarness.start();
    const makeRequest = harness.rest.options.makeRequest;
    harness.rest.options.makeRequest = async (url, init) => {
      const response = await makeRequest(url, init);
      return { ...response, json: () => Promise.reject(new Error('cut off')) };
    };
    await harness.deliver(notes(1));
    harness.rest.options.makeRequest = makeRequest;
    await harness.clock.advance(LATER_MS);
    expect(await harness.deliver([])).toMatchObject({ posted: 1 });
    expect(harness.texts()).toEqual(onlyOnce);
    expect(harness.creations()).toHaveLength(1);
  });
});

interface Crash {
  readonly name: string;
  /** Makes the process end where it is to end. */
  arm(harness: DeliveryHarness): void;
  readonly messageExists: boolean;
  readonly isPaid: boolean;
}

const atStep = (step: ItemEvent['step'], messageExists: boolean, isPaid: boolean): Crash => ({
  name: `at the step "${step}"`,
  messageExists,
  isPaid,
  arm: (harness) => harness.crashAt(step),
});

const atRequest = (name: string, messageExists: boolean, fault?: Fault): Crash => ({
  name,
  messageExists,
  isPaid: true,
  arm: (harness) => {
    harness.discord.faults = () => {
      harness.crash();
      return fault;
    };
  },
});

const crashes = [
  atStep('claimed', false, false),
  atStep('enriched', false, true),
  atRequest('after the intent', false, { kind: 'disconnect', applied: false }),
  atRequest('after the request left', true, { kind: 'disconnect', applied: true }),
  atRequest('after the answer', true),
  atStep('posted', true, true),
];

describe.each(crashes)('a crash $name', ({ name, arm, messageExists, isPaid }) => {
  const moments = [
    { when: 'within the nonce’s window', laterMs: 0 },
    { when: 'after the nonce’s window', laterMs: LATER_MS },
  ];

  test.each(moments)(
    `a crash ${name} leaves one message and one enrichment when the item is taken up $when`,
    async ({ laterMs }) => {
      const harness = await DeliveryHarness.start({ delivery: { enrichWithinMs: Infinity } });
      arm(harness);
      await expect(harness.deliver(notes(1))).rejects.toThrow('closed store');
      harness.discord.faults = undefined;
      expect(harness.texts()).toEqual(messageExists ? onlyOnce : []);
      const paid = harness.feed.enriched.length;
      await harness.clock.advance(laterMs);
      await harness.restartAfterLease();
      expect(await harness.deliver([])).toMatchObject({ posted: 1 });
      expect(harness.texts()).toEqual(onlyOnce);
      expect(harness.feed.enriched).toHaveLength(isPaid ? paid : paid + 1);
      expect(await harness.store.isSeen('n1')).toBe(true);
    },
  );
});

test('within the nonce’s window the bot needs no permission to read the history', async () => {
  const harness = await DeliveryHarness.start();
  harness.discord.denyChannel(ids.announcements, ['readMessageHistory']);
  harness.discord.faults = failNext(1, { kind: 'disconnect', applied: true }, posts);
  await harness.deliver(notes(1));
  await harness.clock.advance(60_000);
  expect(await harness.deliver([])).toMatchObject({ posted: 1 });
  expect(harness.texts()).toEqual(onlyOnce);
});

describe('after the nonce’s window', () => {
  /** An item whose request was applied, or not, before the process ended. */
  async function interrupted(applied: boolean, feed = new NoteFeed()): Promise<DeliveryHarness> {
    const harness = await DeliveryHarness.start({ feed });
    atRequest('', applied, { kind: 'disconnect', applied }).arm(harness);
    await expect(harness.deliver(notes(1))).rejects.toThrow('closed store');
    harness.discord.faults = undefined;
    await harness.clock.advance(LATER_MS);
    await harness.restartAfterLease();
    return harness;
  }

  test('after the nonce’s window a message is found behind a hundred others', async () => {
    const harness = await DeliveryHarness.start();
    for (let count = 0; count < 150; count += 1) harness.discord.say(ids.member, ids.announcements, `chat ${count}`);
    atRequest('', true, { kind: 'disconnect', applied: true }).arm(harness);
    await expect(harness.deliver(notes(1))).rejects.toThrow('closed store');
    harness.discord.faults = undefined;
    await harness.clock.advance(LATER_MS);
    await harness.restartAfterLease();
    await harness.deliver([]);
    expect(harness.creations()).toHaveLength(1);
  });

  test('a message is found by its embed, and another item’s message with the same text is not taken for it', async () => {
    class TwinFeed extends NoteFeed {
      override message({ id }: { id: string }) {
        const fields = [{ name: ' Items ', value: '8.01' }];
        return {
          embeds: [
            { title: ' 8-K ', url: `https://example.com?id=${id}`, fields, timestamp: '2026-01-05T14:00:00.000Z' },
          ],
        };
      }
    }
    for (const [applied, created] of [
      [true, 2],
      [false, 3],
    ] as const) {
      const harness = await DeliveryHarness.start({ feed: new TwinFeed() });
      await harness.deliver([{ id: 'twin' }]);
      atRequest('', applied, { kind: 'disconnect', applied }).arm(harness);
      await expect(harness.deliver(notes(1))).rejects.toThrow('closed store');
      harness.discord.faults = undefined;
      await harness.clock.advance(LATER_MS);
      await harness.restartAfterLease();
      await harness.deliver([]);
      expect(harness.discord.messages(ids.announcements)).toHaveLength(2);
      expect(harness.creations()).toHaveLength(created);
    }
  });

  test('nothing is sent while the history cannot be read', async () => {
    const harness = await interrupted(true);
    const reads = ({ method }: { method: string }): boolean => method === 'GET';
    harness.discord.faults = failNext(4, { kind: 'status', status: 500 }, reads);
    expect(await harness.deliver([])).toMatchObject({ posted: 0, failed: 1 });
    expect(harness.creations()).toHaveLength(1);
    await harness.clock.advance(60 * 60_000);
    expect(await harness.deliver([])).toMatchObject({ posted: 1 });
    expect(harness.texts()).toEqual(onlyOnce);
  });

  test('nothing is sent while the history is hidden, other items are, and the error names the permission', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.faults = failNext(1, { kind: 'disconnect', applied: true }, posts);
    await harness.deliver(notes(1));
    await harness.clock.advance(LATER_MS);
    await harness.restart();
    harness.discord.denyChannel(ids.announcements, ['readMessageHistory']);
    expect(await harness.deliver([{ id: 'other' }])).toMatchObject({ posted: 1, failed: 1 });
    const { lastError } = (await harness.store.ledger.find('n1')) ?? {};
    expect(lastError).toContain('Read Message History');
    harness.discord.allowChannel(ids.announcements);
    await harness.clock.advance(60 * 60_000);
    expect(await harness.deliver([])).toMatchObject({ posted: 1 });
    expect(harness.texts()).toHaveLength(2);
    expect(harness.creations()).toHaveLength(2);
  });

  test('an item is sent into a channel that is empty, but may be read', async () => {
    const harness = await interrupted(false);
    expect(await harness.deliver([])).toMatchObject({ posted: 1 });
    expect(harness.texts()).toEqual(onlyOnce);
  });
});

test('a message that was deleted meanwhile is not posted again', async () => {
  const harness = await DeliveryHarness.start();
  harness.discord.faults = failNext(1, { kind: 'disconnect', applied: true }, posts);
  await harness.deliver(notes(1));
  harness.discord.deleteMessage(ids.announcements, harness.discord.messages(ids.announcements)[0]?.id ?? '');
  await harness.clock.advance(60_000);
  expect(await harness.deliver([])).toMatchObject({ posted: 1 });
  expect(harness.texts()).toEqual([]);
  const { posts: records } = (await harness.store.ledger.find('n1')) ?? {};
  expect(records).toMatchObject([{ state: 'posted', messageId: null }]);
});

test('every request for an item in a channel carries the same nonce, and in another channel another one', async () => {
  const harness = await DeliveryHarness.start();
  harness.discord.faults = failNext(5, { kind: 'status', status: 500 }, posts);
  await harness.deliver([{ id: 'n1', channels: [ids.announcements, ids.general] }]);
  await harness.clock.advance(60_000);
  await harness.restart();
  await harness.deliver([]);
  const nonces = (channelId: string) =>
    new Set(harness.creations(channelId).map(({ body }) => (body as { nonce: string; enforce_nonce: boolean }).nonce));
  expect(harness.creations().length).toBeGreaterThan(4);
  expect(nonces(ids.announcements).size).toBe(1);
  expect(nonces(ids.general).size).toBe(1);
  expect(nonces(ids.general)).not.toEqual(nonces(ids.announcements));
  expect(harness.creations().every(({ body }) => (body as { enforce_nonce: boolean }).enforce_nonce)).toBe(true);
});
