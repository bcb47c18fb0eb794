// The machine's clock is wrong, or is set right between two attempts. Discord's is right.
import { REST } from 'discord.js';
import { describe, expect, test } from 'vitest';

import { DiscordTime } from '../../src/feed/discord/rest/discord-time.ts';
import { Intents } from '../../src/feed/discord/doubt/intents.ts';
import { createsMessage, ids } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { DAY_MS, HOUR_MS, LATER_MS, MINUTE_MS } from '../support/times.ts';

const isCreation = createsMessage(ids.announcements);
const text = (id: string): string => `${id}: about ${id}`;

interface Doubtful {
  readonly applied: boolean;
  /** True when an answer has told Discord's time before. */
  readonly isTimeKnown: boolean;
}

async function leaveInDoubt(harness: DeliveryHarness, { applied, isTimeKnown }: Doubtful): Promise<void> {
  if (isTimeKnown) await harness.deliver([{ id: 'earlier' }]);
  harness.discord.faults = (request) => (isCreation(request) ? { kind: 'disconnect', applied } : undefined);
  await harness.deliver([{ id: 'n1' }]);
  harness.discord.faults = undefined;
}

const doubts: readonly Doubtful[] = [true, false].flatMap((applied) =>
  [true, false].map((isTimeKnown) => ({ applied, isTimeKnown })),
);
const errors = [-30 * DAY_MS, -3 * HOUR_MS, -5 * MINUTE_MS, 20 * HOUR_MS, 30 * DAY_MS];

const postsOf = (harness: DeliveryHarness): number => harness.texts().filter((each) => each === text('n1')).length;

describe.each(doubts)('an item in doubt (applied: $applied, Discord’s time known: $isTimeKnown)', (doubt) => {
  test.each(errors)('is posted once by a machine whose clock is %d ms off all along', async (error) => {
    const harness = await DeliveryHarness.start();
    harness.clock.step(error);
    await leaveInDoubt(harness, doubt);
    await harness.clock.advance(LATER_MS);
    await harness.restart();
    await harness.deliver([]);
    expect(postsOf(harness)).toBe(1);
  });

  test.each(errors.filter((error) => Math.abs(error) <= DAY_MS))(
    'is posted once where a clock that was %d ms off is set right between two attempts',
    async (error) => {
      const harness = await DeliveryHarness.start();
      harness.clock.step(error);
      await leaveInDoubt(harness, doubt);
      await harness.clock.advance(LATER_MS);
      harness.clock.step(-error);
      await harness.restart();
      await harness.deliver([]);
      await harness.clock.advance(HOUR_MS);
      await harness.deliver([]);
      expect(postsOf(harness)).toBe(1);
    },
  );

  test.each([-HOUR_MS, -LATER_MS, HOUR_MS])(
    'is posted once where the clock steps by %d ms in one process',
    async (step) => {
      const harness = await DeliveryHarness.start();
      await leaveInDoubt(harness, doubt);
      await harness.clock.advance(LATER_MS);
      harness.clock.step(step);
      await harness.deliver([]);
      await harness.clock.advance(HOUR_MS);
      await harness.deliver([]);
      expect(postsOf(harness)).toBe(1);
    },
  );
});

test('a nonce that Discord still knows is used although the machine’s clock says hours have passed', async () => {
  const harness = await DeliveryHarness.start();
  await leaveInDoubt(harness, { applied: true, isTimeKnown: true });
  harness.clock.step(5 * HOUR_MS);
  await harness.restart();
  harness.discord.denyChannel(ids.announcements, ['readMessageHistory']);
  expect(await harness.deliver([])).toMatchObject({ posted: 1 });
  expect(postsOf(harness)).toBe(1);
});

test('an intent keeps Discord’s time, which the answer to its own request may have been the first to tell', async () => {
  const harness = await DeliveryHarness.start();
  harness.clock.step(-3 * HOUR_MS);
  harness.discord.faults = (request) => (isCreation(request) ? { kind: 'applied-then-500' } : undefined);
  const before = harness.clock.monotonic();
  await harness.deliver([{ id: 'n1' }]);
  const [post] = (await harness.store.ledger.find('n1'))?.posts ?? [];
  expect(post?.intentAt.getTime()).toBe(before - 3 * HOUR_MS);
  expect(Math.abs((post?.discordAt?.getTime() ?? 0) - before)).toBeLessThan(2_000);
});

test('a pause that was made while the clock was ahead is over once it is set right', async () => {
  const harness = await DeliveryHarness.start();
  harness.clock.step(DAY_MS);
  await leaveInDoubt(harness, { applied: false, isTimeKnown: true });
  harness.clock.step(-DAY_MS);
  await harness.clock.advance(MINUTE_MS);
  expect(await harness.deliver([])).toMatchObject({ posted: 1 });
});

describe('Discord’s time', () => {
  /** A client whose answers come from a page, and a machine's clock. */
  function machine(headers: Readonly<Record<string, string>>) {
    const state = { now: Date.UTC(2026, 0, 1), monotonic: 5_000 };
    const clock = { now: () => state.now, monotonic: () => state.monotonic, sleep: () => new Promise<void>(() => {}) };
    const rest = new REST({ makeRequest: () => Promise.resolve(new Response('{}', { headers }) as never) }).setToken(
      'x',
    );
    return { state, time: DiscordTime.of(rest, clock) };
  }

  const date = 'Mon, 05 Jan 2026 14:00:00 GMT';
  const told = Date.parse(date);

  test('is unknown before the first answer, and then carried on by the monotonic clock', async () => {
    const { state, time } = machine({ date, 'content-type': 'application/json' });
    expect(time.now()).toBeUndefined();
    expect(await time.ask()).toBe(told);
    state.now += 60_000;
    state.monotonic += 60_000;
    expect(time.now()).toBe(told + 60_000);
  });

  test.each([
    ['the machine was suspended', 3_600_000, 0],
    ['the machine’s clock was set back', -3_600_000, 0],
    ['the clocks drift apart', 60_000, 30_000],
  ])('is unknown again when %s, and asked for', async (_, wall, monotonic) => {
    const { state, time } = machine({ date, 'content-type': 'application/json' });
    await time.ask();
    state.now += wall;
    state.monotonic += monotonic;
    expect(time.now()).toBeUndefined();
    expect(await time.ask()).toBe(told);
  });

  test.each([
    ['the page of a proxy', 'text/html; charset=utf-8'],
    ['the words of a load balancer', 'text/plain'],
    ['an answer of which nobody knows what it is', ''],
  ])('is not that of %s', async (_, type) => {
    const { time } = machine({ date, 'content-type': type });
    expect(await time.ask().catch(() => undefined)).toBeUndefined();
  });

  test('is unknown where an answer has no date', async () => {
    const { time } = machine({ 'content-type': 'application/json' });
    expect(await time.ask()).toBeUndefined();
  });
});

describe('a request whose time was noted by a clock that was ahead, and has been set right', () => {
  /** Asks whether the request of an intent may still be under way, on a clock that is right. */
  function asking() {
    const clock = new ManualClock();
    const intents = new Intents({ rest: new REST(), clock });
    const begunAt = clock.now();
    const isUnderWay = (aheadMs: number): boolean => {
      const intentAt = new Date(begunAt + aheadMs);
      return intents.isUnderWay('a nonce', { intentAt, discordAt: null }, { machine: clock.now(), discord: undefined });
    };
    return { clock, isUnderWay };
  }

  test('counts as over at once where the clock was further off than any is that somebody relies on', () => {
    expect(asking().isUnderWay(9 * 365 * DAY_MS)).toBe(false);
  });

  test('counts as over once the process has known it for as long as a request can take', async () => {
    const { clock, isUnderWay } = asking();
    expect(isUnderWay(20 * HOUR_MS)).toBe(true);
    await clock.advance(2 * MINUTE_MS);
    expect(isUnderWay(20 * HOUR_MS)).toBe(true);
    await clock.advance(MINUTE_MS);
    expect(isUnderWay(20 * HOUR_MS)).toBe(false);
    // Another request of the same item.
    expect(isUnderWay(19 * HOUR_MS)).toBe(true);
  });
});
