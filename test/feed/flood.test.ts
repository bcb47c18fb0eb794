import { describe, expect, test } from 'vitest';

import { parseHoldButton } from '../../src/commands/views/hold-question.ts';
import { buttonsOf, createsMessage, failNext, ids } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { notes } from '../support/notes.ts';

const flood = { share: 0.5, minimum: 10 };
const usual = notes(8, 'usual');
const sudden = notes(20, 'sudden');
const questions = (harness: DeliveryHarness) => harness.discord.messages(ids.general);

/** A feed that is usually seen, and what it posted so far. */
async function startUsual(): Promise<DeliveryHarness> {
  const harness = await DeliveryHarness.start({ delivery: { flood, firstRun: 'mark', adminChannelId: ids.general } });
  for (let cycle = 0; cycle < 3; cycle += 1) await harness.deliver(usual);
  return harness;
}

/** The same, with a flood that is held. */
async function startHeld(): Promise<DeliveryHarness> {
  const harness = await startUsual();
  expect(await harness.deliver([...usual, ...sudden])).toMatchObject({ held: 20, posted: 0, enriched: 0, skipped: 8 });
  return harness;
}

async function decide(harness: DeliveryHarness, decision: 'post' | 'mark'): Promise<void> {
  const [question] = questions(harness);
  const buttons = question === undefined ? [] : buttonsOf(question);
  const answers = buttons.map(({ customId }) => parseHoldButton(customId));
  const answer = answers.find((one) => one?.decision === decision);
  await harness.store.holds.decide(answer?.name ?? 'no such button', decision, ids.homeAdmin);
}

describe('a flood', () => {
  test('a flood is held and asked about once, over cycles and restarts', async () => {
    const harness = await startHeld();
    for (let cycle = 0; cycle < 3; cycle += 1) {
      await harness.restart();
      await harness.clock.advance(600_000);
      expect(await harness.deliver([...usual, ...sudden])).toMatchObject({ held: 20, posted: 0 });
    }
    expect(questions(harness)).toHaveLength(1);
    expect(questions(harness)[0]?.content).toContain('holds 20 new items of `notes`** (of 28 listed)');
    expect(harness.texts()).toEqual([]);
    expect(harness.feed.enriched).toEqual([]);
    expect(harness.logger.of('feed_flood_held')).toHaveLength(1);
    expect(harness.discord.complaints).toEqual([]);
  });

  test('the question about a flood is repeated until it gets through', async () => {
    const harness = await startUsual();
    harness.discord.faults = failNext(4, { kind: 'status', status: 500 }, createsMessage(ids.general));
    await harness.deliver(sudden);
    expect(harness.logger.of('feed_flood_question_failed')).toHaveLength(1);
    expect(questions(harness)).toEqual([]);
    await harness.deliver(sudden);
    await harness.deliver(sudden);
    expect(questions(harness)).toHaveLength(1);
  });

  test('the question about a flood is not repeated when only Discord’s answer to it was lost', async () => {
    const harness = await startUsual();
    harness.discord.faults = failNext(4, { kind: 'applied-then-500' }, createsMessage(ids.general));
    await harness.deliver(sudden);
    await harness.restart();
    await harness.deliver(sudden);
    expect(questions(harness)).toHaveLength(1);
  });

  test('the question about a flood goes to the items’ channel when no other is named', async () => {
    const harness = await DeliveryHarness.start({ delivery: { flood, firstRun: 'mark' } });
    await harness.deliver(usual);
    await harness.deliver(usual);
    await harness.deliver(sudden);
    expect(harness.texts()).toEqual([expect.stringContaining('flood breaker')]);
  });

  test('a flood decided with mark is not posted, and what came later is', async () => {
    const harness = await startHeld();
    await harness.deliver([...usual, ...sudden, ...notes(2, 'later')]);
    await decide(harness, 'mark');
    await harness.restart();
    expect(await harness.deliver([...usual, ...sudden, ...notes(2, 'later')])).toMatchObject({
      marked: 20,
      posted: 2,
      held: 0,
    });
    expect(await harness.deliver([...usual, ...sudden])).toMatchObject({ marked: 0, posted: 0, skipped: 28 });
    expect(harness.texts()).toEqual(['later1: about later1', 'later2: about later2']);
  });

  test('a flood decided with post is posted once, and what came later as well', async () => {
    const harness = await startHeld();
    await harness.deliver([...usual, ...sudden, ...notes(2, 'later')]);
    await decide(harness, 'post');
    await harness.restart();
    expect(await harness.deliver([...sudden, ...notes(2, 'later')])).toMatchObject({ posted: 22, held: 0 });
    expect(await harness.deliver([...sudden, ...notes(2, 'later')])).toMatchObject({ posted: 0 });
    expect(harness.texts()).toHaveLength(22);
  });

  test.each(['mark', 'post'] as const)(
    'once a flood is decided with %s, what came in the meantime is posted even if the feed has dropped it',
    async (decision) => {
      const harness = await startHeld();
      await harness.deliver([...usual, ...sudden, ...notes(2, 'later')]);
      await harness.deliver(usual);
      await decide(harness, decision);
      await harness.restart();
      await harness.deliver(usual);
      await harness.deliver(usual);
      expect(harness.texts().filter((text) => text.startsWith('later'))).toHaveLength(2);
      expect(harness.texts()).toHaveLength(decision === 'mark' ? 2 : 22);
    },
  );

  test('a flood that comes in pieces is one flood, and the answer covers all of it', async () => {
    const harness = await startHeld();
    const rest = notes(40, 'rest');
    expect(await harness.deliver([...usual, ...sudden, ...rest])).toMatchObject({ posted: 0, held: 60 });
    await decide(harness, 'mark');
    expect(await harness.deliver([...usual, ...sudden, ...rest])).toMatchObject({ posted: 0, marked: 60 });
    expect(harness.texts()).toEqual([]);
    expect(questions(harness)).toHaveLength(1);
  });

  test('a flood decided with post is posted even if the feed has dropped it', async () => {
    const harness = await startHeld();
    await harness.clock.advance(3_600_000);
    await harness.restart();
    await harness.deliver(usual);
    await decide(harness, 'post');
    expect(await harness.deliver(usual)).toMatchObject({ posted: 20 });
    expect(harness.texts()).toHaveLength(20);
  });

  test('a flood decided with post is posted in one cycle, however large', async () => {
    const harness = await startUsual();
    await harness.deliver([...usual, ...notes(130, 'sudden')]);
    await decide(harness, 'post');
    expect(await harness.deliver(usual)).toMatchObject({ posted: 130 });
  });

  test('a flood decided with mark is marked even if the feed has dropped it', async () => {
    const harness = await startHeld();
    await decide(harness, 'mark');
    expect(await harness.deliver(usual)).toMatchObject({ marked: 20, posted: 0 });
    await harness.deliver(usual);
    expect(harness.texts()).toEqual([]);
  });

  test('a flood decided with post survives a crash between the decision and the posts', async () => {
    const harness = await startHeld();
    await decide(harness, 'post');
    harness.crashAt('claimed');
    await expect(harness.deliver(usual)).rejects.toThrow('closed store');
    await harness.restartAfterLease();
    await harness.deliver(usual);
    expect(harness.texts()).toHaveLength(20);
  });

  test('items that another process holds at the same moment are not posted by this one', async () => {
    const harness = await startUsual();
    const { store } = harness;
    const claimWaiting = store.claimWaiting.bind(store);
    store.claimWaiting = async (options) => {
      await store.holds.open('notes', ['sudden1']);
      await store.release(await store.claim([{ id: 'sudden1', payload: sudden[0] }], { feed: 'notes' }));
      return claimWaiting(options);
    };
    expect(await harness.deliver(usual)).toMatchObject({ posted: 0, enriched: 0 });
    expect(await store.ledger.find('sudden1')).toMatchObject({ owner: null, attempts: 0 });
  });

  test('an item that waited for a retry when a flood was held is posted afterwards', async () => {
    const harness = await startUsual();
    harness.discord.faults = failNext(4, { kind: 'status', status: 500 }, createsMessage(ids.announcements));
    await harness.deliver([...usual, { id: 'early' }]);
    await harness.clock.advance(60_000);
    expect(await harness.deliver([...usual, ...sudden])).toMatchObject({ held: 20, posted: 0 });
    await decide(harness, 'mark');
    expect(await harness.deliver(usual)).toMatchObject({ posted: 1 });
    expect(harness.texts()).toEqual(['early: about early']);
  });
});

describe('a batch that is no flood', () => {
  test.each(['mark', 'post', 5] as const)('a first run with %s is not held', async (firstRun) => {
    const harness = await DeliveryHarness.start({ delivery: { flood, firstRun } });
    expect(await harness.deliver(sudden)).toMatchObject({ held: 0 });
    expect(await harness.store.holds.current('notes')).toBeNull();
  });

  test('a burst below the minimum, or below the share, is not held', async () => {
    const harness = await startUsual();
    expect(await harness.deliver(notes(9, 'few'))).toMatchObject({ posted: 9, held: 0 });
    const listed = [...usual, ...notes(9, 'few')];
    expect(await harness.deliver([...listed, ...notes(16, 'many')])).toMatchObject({ posted: 16, held: 0 });
  });

  test('a batch of new items is not held in a feed whose items are usually all new', async () => {
    const harness = await DeliveryHarness.start({ delivery: { flood, firstRun: 'post' } });
    for (let cycle = 0; cycle < 3; cycle += 1) {
      expect(await harness.deliver(notes(15, `cycle${cycle}-`))).toMatchObject({ posted: 15, held: 0 });
    }
  });

  test('items that wait for their retry are not held', async () => {
    const harness = await startUsual();
    harness.discord.denyChannel(ids.announcements);
    for (const size of [3, 6, 9, 12]) await harness.deliver([...usual, ...notes(size, 'waiting')]);
    expect(await harness.deliver(notes(12, 'waiting'))).toMatchObject({ held: 0 });
  });
});
