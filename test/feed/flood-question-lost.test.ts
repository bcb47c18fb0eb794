import { describe, expect, test } from 'vitest';

import { createsMessage, failNext, ids } from '../../local/discord/index.ts';
import { notes } from '../support/notes.ts';
import {
  admin,
  deliverLater,
  expectQuestion,
  HOUR,
  listed,
  MINUTE,
  nameIn,
  questions,
  SkewedClock,
  startHeld,
  startSkewed,
  startUsual,
  usual,
} from './held-flood.ts';

describe('a question whose answer was lost', () => {
  test.each([
    ['a minute', MINUTE],
    ['ten minutes', 10 * MINUTE],
    ['twelve hours', 12 * HOUR],
  ])('is found %s later by another process, among other messages', async (_, ms) => {
    const harness = await startUsual();
    harness.discord.faults = failNext(4, { kind: 'applied-then-500' }, createsMessage(admin));
    await harness.deliver(listed);
    for (let n = 0; n < 150; n += 1) harness.discord.say(ids.member, admin, `chat ${n}`);
    await harness.restart();
    await deliverLater(harness, ms);
    await deliverLater(harness, MINUTE);
    expectQuestion(harness);
    expect(await harness.store.holds.list()).toMatchObject([
      { questions: [{ messageId: expectQuestion(harness).id }] },
    ]);
  });

  test.each([
    ['ahead', 5 * HOUR],
    ['behind', -5 * HOUR],
    ['a little ahead', 10 * MINUTE],
  ])('is found although the machine’s clock, which was %s, is set right meanwhile', async (_, ahead) => {
    const clock = new SkewedClock(ahead);
    const harness = await startSkewed(clock);
    harness.discord.faults = failNext(4, { kind: 'applied-then-500' }, createsMessage(admin));
    await harness.deliver(listed);
    clock.ahead = 0;
    await deliverLater(harness, 10 * MINUTE);
    expectQuestion(harness);
  });

  test('is asked again where it was deleted before anybody heard of it', async () => {
    const harness = await startUsual();
    harness.discord.faults = failNext(4, { kind: 'applied-then-500' }, createsMessage(admin));
    await harness.deliver(listed);
    harness.discord.deleteMessage(admin, expectQuestion(harness).id);
    for (let cycle = 0; cycle < 3; cycle += 1) await deliverLater(harness, 30_000);
    expectQuestion(harness);
  });

  test('waits for the day where the bot may not read the history, and is then asked anew', async () => {
    const harness = await startUsual();
    harness.discord.denyChannel(admin, ['readMessageHistory']);
    harness.discord.faults = failNext(4, { kind: 'applied-then-500' }, createsMessage(admin));
    await harness.deliver(listed);
    await deliverLater(harness, 10 * MINUTE);
    const asked = harness.creations(admin).length;
    await deliverLater(harness, 10 * HOUR);
    expect(harness.creations(admin)).toHaveLength(asked);
    expect(harness.logger.of('feed_flood_question_unknown')).toHaveLength(2);
    await deliverLater(harness, 14 * HOUR);
    expect(await harness.store.holds.list()).toMatchObject([{ questions: [{ messageId: expect.any(String) }] }]);
  });

  test('is one question where a crash comes between the message and its record', async () => {
    const harness = await startUsual();
    harness.discord.faults = (request) => {
      if (!createsMessage(admin)(request)) return undefined;
      harness.crash();
      return { kind: 'applied-then-500' };
    };
    await expect(harness.deliver(listed)).rejects.toThrow('closed store');
    harness.discord.faults = undefined;
    await harness.restart();
    await deliverLater(harness, 5 * MINUTE);
    expectQuestion(harness);
  });

  test('is told apart from the question about another hold in the same channel', async () => {
    const harness = await startHeld();
    const first = expectQuestion(harness);
    await harness.store.holds.decide(nameIn(first) ?? '', 'mark', ids.homeAdmin);
    await deliverLater(harness, MINUTE);
    expect(questions(harness)).toEqual([]);
    harness.discord.faults = failNext(4, { kind: 'status', status: 500 }, createsMessage(admin));
    await deliverLater(harness, 25 * HOUR, [...usual, ...notes(30, 'next')]);
    await deliverLater(harness, 10 * MINUTE, [...usual, ...notes(30, 'next')]);
    expect(nameIn(expectQuestion(harness))).not.toBe(nameIn(first));
  });
});
