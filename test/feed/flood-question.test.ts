import { describe, expect, test } from 'vitest';

import { buttonsOf, type IncomingRequest } from '../../local/discord/index.ts';
import { NoteFeed, notes } from '../support/notes.ts';
import {
  admin,
  deliverLater,
  expectQuestion,
  HOUR,
  listed,
  MINUTE,
  nameIn,
  posting,
  questions,
  SkewedClock,
  startHeld,
  startSkewed,
} from './held-flood.ts';

const isOnMessages = ({ path }: IncomingRequest) => path.includes('/messages');

describe('a question that is gone', () => {
  test('a deleted question is asked again by the next cycle, even minutes after it was asked', async () => {
    const harness = await startHeld();
    const first = expectQuestion(harness);
    harness.discord.deleteMessage(admin, first.id);
    await deliverLater(harness, MINUTE);
    const second = expectQuestion(harness);
    expect(second.id).not.toBe(first.id);
    expect(nameIn(second)).toBe(nameIn(first));
    await harness.restart();
    await deliverLater(harness, MINUTE);
    expect(expectQuestion(harness).id).toBe(second.id);
    expect(harness.discord.complaints).toEqual([]);
  });

  test('a question that is deleted again and again is asked again each time', async () => {
    const harness = await startHeld();
    for (let times = 0; times < 4; times += 1) {
      harness.discord.deleteMessage(admin, expectQuestion(harness).id);
      await deliverLater(harness, MINUTE);
    }
    expectQuestion(harness);
  });

  test('a question whose channel is gone is asked where the items are posted', async () => {
    const harness = await startHeld();
    harness.discord.removeChannel(admin);
    await deliverLater(harness, 10 * MINUTE);
    expect(nameIn(expectQuestion(harness, posting))).toMatch(/^[0-9a-f]{32}$/);
  });

  test('without a channel for admins, a question whose channel is gone is asked in that of other items', async () => {
    const feed = new NoteFeed();
    feed.channels = ({ id }) => (id === 'sudden20' ? [admin] : [posting]);
    const harness = await startHeld({ feed, delivery: {} });
    expectQuestion(harness, admin);
    expect(questions(harness, posting)).toEqual([]);
    harness.discord.removeChannel(admin);
    await deliverLater(harness, MINUTE);
    expectQuestion(harness, posting);
  });

  test('a question whose end nobody knows is not asked again within the day', async () => {
    const harness = await startHeld();
    harness.discord.faults = (request) =>
      request.method === 'GET' && isOnMessages(request) ? { kind: 'status', status: 503 } : undefined;
    for (let hour = 0; hour < 20; hour += 1) await deliverLater(harness, HOUR);
    expectQuestion(harness);
    expect(harness.creations(admin)).toHaveLength(1);
  });

  test('a question that the bot may not read is asked anew once a day', async () => {
    const harness = await startHeld();
    const first = expectQuestion(harness);
    harness.discord.denyChannel(admin, ['readMessageHistory']);
    for (let hour = 0; hour < 23; hour += 1) await deliverLater(harness, HOUR);
    expect(expectQuestion(harness).id).toBe(first.id);
    await deliverLater(harness, HOUR);
    expect(expectQuestion(harness).id).not.toBe(first.id);
  });
});

describe('a question that goes unanswered', () => {
  test('is asked anew once a day, and the old one is deleted', async () => {
    const harness = await startHeld();
    const seen = new Set<string>();
    for (let hour = 0; hour < 72; hour += 1) {
      seen.add(expectQuestion(harness).id);
      await deliverLater(harness, HOUR);
    }
    expect(seen.size).toBe(3);
    expect(harness.discord.complaints).toEqual([]);
  });

  test('stays where it cannot be deleted, and is asked anew when it can', async () => {
    const harness = await startHeld();
    const { id } = expectQuestion(harness);
    harness.discord.faults = ({ method }) => (method === 'DELETE' ? { kind: 'status', status: 500 } : undefined);
    await deliverLater(harness, 25 * HOUR);
    expect(expectQuestion(harness).id).toBe(id);
    harness.discord.faults = undefined;
    await deliverLater(harness, MINUTE);
    expect(expectQuestion(harness).id).not.toBe(id);
  });

  test('is not asked anew each cycle after a start with a clock that was ahead', async () => {
    const clock = new SkewedClock(30 * 24 * HOUR);
    const harness = await startSkewed(clock);
    await harness.deliver(listed);
    const { id } = expectQuestion(harness);
    clock.ahead = 0;
    await deliverLater(harness, MINUTE);
    const again = expectQuestion(harness);
    expect(again.id).not.toBe(id);
    await deliverLater(harness, MINUTE);
    expect(expectQuestion(harness).id).toBe(again.id);
  });

  test('costs one request a cycle', async () => {
    const harness = await startHeld();
    const before = harness.discord.requests.length;
    for (let cycle = 0; cycle < 5; cycle += 1) await deliverLater(harness, MINUTE);
    expect(harness.discord.requests.length - before).toBe(5);
  });

  test('says how many items the answer covers by now', async () => {
    const harness = await startHeld();
    const { id } = expectQuestion(harness);
    await deliverLater(harness, MINUTE, [...listed, ...notes(40, 'rest')]);
    const question = expectQuestion(harness);
    expect(question.id).toBe(id);
    expect(question.content).toContain('holds 60 new items');
    expect(buttonsOf(question).map(({ label }) => label)).toContain('Post all 60');
  });

  test.each([
    ['may not edit', { kind: 'status', status: 403, body: { code: 50_013, message: 'Missing Permissions' } }],
    ['cannot edit now', { kind: 'status', status: 503 }],
  ] as const)('stays as it is where the bot %s it, and the log says so', async (_, fault) => {
    const harness = await startHeld();
    await harness.restart({}, { retries: 0 });
    const { id } = expectQuestion(harness);
    harness.discord.faults = ({ method }) => (method === 'PATCH' ? fault : undefined);
    await deliverLater(harness, MINUTE, [...listed, ...notes(40, 'rest')]);
    expect(expectQuestion(harness).id).toBe(id);
    expect(harness.logger.of('feed_flood_question_stays')).toMatchObject([
      { level: 'warn', fields: { channel_id: admin } },
    ]);
  });
});
