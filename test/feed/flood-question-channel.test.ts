import { describe, expect, test } from 'vitest';

import { createsMessage, failNext, ids } from '../../local/discord/index.ts';
import type { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes } from '../support/notes.ts';
import {
  admin,
  deliverLater,
  expectQuestion,
  HOUR,
  listed,
  MINUTE,
  posting,
  questions,
  startHeld,
  startUsual,
} from './held-flood.ts';

describe('the channel of a question', () => {
  test('a question moves to the new channel for admins, and leaves the old one', async () => {
    const harness = await startHeld();
    await harness.restart({ adminChannelId: ids.otherGeneral });
    await deliverLater(harness, MINUTE);
    expectQuestion(harness, ids.otherGeneral);
    expect(questions(harness)).toEqual([]);
  });

  test('a question whose answer was lost moves as well', async () => {
    const harness = await startUsual();
    harness.discord.faults = failNext(4, { kind: 'applied-then-500' }, createsMessage(admin));
    await harness.deliver(listed);
    await harness.restart({ adminChannelId: ids.otherGeneral });
    await deliverLater(harness, 10 * MINUTE);
    expectQuestion(harness, ids.otherGeneral);
    expect(questions(harness)).toEqual([]);
  });

  test('a question in the posts moves to the channel for admins once there is one', async () => {
    const harness = await startHeld({ delivery: {} });
    expectQuestion(harness, posting);
    await harness.restart({ adminChannelId: admin });
    await deliverLater(harness, MINUTE);
    expectQuestion(harness);
    expect(questions(harness, posting)).toEqual([]);
  });

  test('where admins have no channel, a question stays in its own although newer items go elsewhere', async () => {
    const feed = new NoteFeed();
    const harness = await startHeld({ feed, delivery: {} });
    feed.channels = () => [ids.otherGeneral];
    await deliverLater(harness, MINUTE, [...listed, ...notes(2, 'later')]);
    expectQuestion(harness, posting);
    expect(questions(harness, ids.otherGeneral)).toEqual([]);
  });

  test.each([
    ['may not post there', (harness: DeliveryHarness) => harness.discord.denyChannel(admin)],
    ['may not see it', (harness: DeliveryHarness) => harness.discord.denyChannel(admin, ['viewChannel'])],
    ['has been removed', (harness: DeliveryHarness) => harness.discord.removeChannel(admin)],
  ])('a bot that cannot reach the admins asks once among the posts: it %s', async (_, lose) => {
    const harness = await startUsual();
    lose(harness);
    await harness.deliver(listed);
    const question = expectQuestion(harness, posting);
    for (let hour = 0; hour < 30; hour += 1) await deliverLater(harness, HOUR);
    expect(expectQuestion(harness, posting).id).toBe(question.id);
    harness.discord.deleteMessage(posting, question.id);
    for (let hour = 0; hour < 30; hour += 1) await deliverLater(harness, HOUR);
    expect(questions(harness, posting)).toEqual([]);
    expect(harness.creations(posting)).toHaveLength(1);
    const [failure] = harness.logger.of('feed_flood_question_failed');
    expect(failure?.fields['hint']).toContain('/seen hold');
  });

  test('a question among the posts is taken back once the admins can be reached', async () => {
    const harness = await startUsual();
    harness.discord.denyChannel(admin);
    await harness.deliver(listed);
    expectQuestion(harness, posting);
    harness.discord.allowChannel(admin);
    await deliverLater(harness, MINUTE);
    expectQuestion(harness);
    expect(questions(harness, posting)).toEqual([]);
  });

  test('an outage of Discord is no reason to ask among the posts', async () => {
    const harness = await startUsual();
    harness.discord.faults = (request) =>
      createsMessage(admin)(request) ? { kind: 'status', status: 503, body: '<html>' } : undefined;
    for (let cycle = 0; cycle < 3; cycle += 1) await deliverLater(harness, 10 * MINUTE);
    expect(questions(harness, posting)).toEqual([]);
    harness.discord.faults = undefined;
    await deliverLater(harness, 10 * MINUTE);
    expectQuestion(harness);
  });

  test('a refusal by a proxy is none by the channel', async () => {
    const harness = await startUsual();
    harness.discord.faults = (request) =>
      createsMessage(admin)(request) ? { kind: 'status', status: 403, body: '<html>blocked</html>' } : undefined;
    await harness.deliver(listed);
    expect(questions(harness, posting)).toEqual([]);
  });

  test('a flood none of whose items has a channel is logged, with what to do', async () => {
    const feed = new NoteFeed();
    feed.channels = () => [];
    const harness = await startHeld({ feed, delivery: {} });
    const [line] = harness.logger.of('feed_flood_unasked');
    expect(line).toMatchObject({ level: 'error', fields: { hold: 1, hint: expect.stringContaining('/seen hold') } });
    feed.channels = ({ id }) => (id === 'sudden3' ? [posting] : []);
    await deliverLater(harness, MINUTE);
    expectQuestion(harness, posting);
  });

  test('an item whose channels cannot be told does not keep a flood from being asked about', async () => {
    const feed = new NoteFeed();
    feed.channels = ({ id }) => {
      if (id === 'sudden20') throw new Error('no such ticker');
      return [posting];
    };
    const harness = await startHeld({ feed, delivery: {} });
    expectQuestion(harness, posting);
    expect(harness.logger.of('feed_channels_unknown')).toMatchObject([
      { fields: { error: new Error('no such ticker') } },
    ]);
  });
});
