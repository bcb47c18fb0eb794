import { describe, expect, test } from 'vitest';

import { parseHoldButton } from '../../src/commands/hold-question.ts';
import { buttonsOf, createsMessage, failNext, ids } from '../discord/index.ts';
import { Bench } from './bench.ts';
import { notes } from './notes.ts';

const flood = { share: 0.5, minimum: 10 };
const usual = notes(8, 'usual');
const sudden = notes(20, 'sudden');
const questions = (bench: Bench) => bench.discord.messages(ids.general);

/** A feed that is usually seen, and what it posted so far. */
async function startUsual(): Promise<Bench> {
  const bench = await Bench.start({ delivery: { flood, firstRun: 'mark', adminChannelId: ids.general } });
  for (let cycle = 0; cycle < 3; cycle += 1) await bench.deliver(usual);
  return bench;
}

/** The same, with a flood that is held. */
async function startHeld(): Promise<Bench> {
  const bench = await startUsual();
  expect(await bench.deliver([...usual, ...sudden])).toMatchObject({ held: 20, posted: 0, enriched: 0, skipped: 8 });
  return bench;
}

async function decide(bench: Bench, decision: 'post' | 'mark'): Promise<void> {
  const [question] = questions(bench);
  const buttons = question === undefined ? [] : buttonsOf(question);
  const answers = buttons.map(({ customId }) => parseHoldButton(customId));
  const answer = answers.find((one) => one?.decision === decision);
  await bench.store.holds.decide(answer?.id ?? 0, decision, ids.homeAdmin);
}

describe('a flood', () => {
  test('is held, and asked about once, over cycles and restarts', async () => {
    const bench = await startHeld();
    for (let cycle = 0; cycle < 3; cycle += 1) {
      await bench.restart();
      await bench.clock.advance(600_000);
      expect(await bench.deliver([...usual, ...sudden])).toMatchObject({ held: 20, posted: 0 });
    }
    expect(questions(bench)).toHaveLength(1);
    expect(questions(bench)[0]?.content).toContain('holds 20 new items of `notes`** (of 28 listed)');
    expect(bench.texts()).toEqual([]);
    expect(bench.feed.enriched).toEqual([]);
    expect(bench.logger.of('feed_flood_held')).toHaveLength(1);
    expect(bench.discord.complaints).toEqual([]);
  });

  test('is asked about again until the question gets through', async () => {
    const bench = await startUsual();
    bench.discord.faults = failNext(4, { kind: 'status', status: 500 }, createsMessage(ids.general));
    await bench.deliver(sudden);
    expect(bench.logger.of('feed_flood_question_failed')).toHaveLength(1);
    expect(questions(bench)).toEqual([]);
    await bench.deliver(sudden);
    await bench.deliver(sudden);
    expect(questions(bench)).toHaveLength(1);
  });

  test('is asked about once where the answer to the question was lost', async () => {
    const bench = await startUsual();
    bench.discord.faults = failNext(4, { kind: 'applied-then-500' }, createsMessage(ids.general));
    await bench.deliver(sudden);
    await bench.restart();
    await bench.deliver(sudden);
    expect(questions(bench)).toHaveLength(1);
  });

  test('is asked about in the item’s own channel where no other is named', async () => {
    const bench = await Bench.start({ delivery: { flood, firstRun: 'mark' } });
    await bench.deliver(usual);
    await bench.deliver(usual);
    await bench.deliver(sudden);
    expect(bench.texts()).toEqual([expect.stringContaining('flood breaker')]);
  });

  test('marked as seen is not posted, and what came later is', async () => {
    const bench = await startHeld();
    await bench.deliver([...usual, ...sudden, ...notes(2, 'later')]);
    await decide(bench, 'mark');
    await bench.restart();
    expect(await bench.deliver([...usual, ...sudden, ...notes(2, 'later')])).toMatchObject({
      marked: 20,
      posted: 2,
      held: 0,
    });
    expect(await bench.deliver([...usual, ...sudden])).toMatchObject({ marked: 0, posted: 0, skipped: 28 });
    expect(bench.texts()).toEqual(['later1: about later1', 'later2: about later2']);
  });

  test('posted is posted once, and what came later after it', async () => {
    const bench = await startHeld();
    await bench.deliver([...usual, ...sudden, ...notes(2, 'later')]);
    await decide(bench, 'post');
    await bench.restart();
    expect(await bench.deliver([...sudden, ...notes(2, 'later')])).toMatchObject({ posted: 22, held: 0 });
    expect(await bench.deliver([...sudden, ...notes(2, 'later')])).toMatchObject({ posted: 0 });
    expect(bench.texts()).toHaveLength(22);
  });

  test.each(['mark', 'post'] as const)(
    'decided with %s, what came meanwhile is posted though the feed dropped it',
    async (decision) => {
      const bench = await startHeld();
      await bench.deliver([...usual, ...sudden, ...notes(2, 'later')]);
      await bench.deliver(usual);
      await decide(bench, decision);
      await bench.restart();
      await bench.deliver(usual);
      await bench.deliver(usual);
      expect(bench.texts().filter((text) => text.startsWith('later'))).toHaveLength(2);
      expect(bench.texts()).toHaveLength(decision === 'mark' ? 2 : 22);
    },
  );

  test('that comes in pieces is one flood: the answer covers the rest of it', async () => {
    const bench = await startHeld();
    const rest = notes(40, 'rest');
    expect(await bench.deliver([...usual, ...sudden, ...rest])).toMatchObject({ posted: 0, held: 60 });
    await decide(bench, 'mark');
    expect(await bench.deliver([...usual, ...sudden, ...rest])).toMatchObject({ posted: 0, marked: 60 });
    expect(bench.texts()).toEqual([]);
    expect(questions(bench)).toHaveLength(1);
  });

  test('posted is posted though the feed has dropped it', async () => {
    const bench = await startHeld();
    await bench.clock.advance(3_600_000);
    await bench.restart();
    await bench.deliver(usual);
    await decide(bench, 'post');
    expect(await bench.deliver(usual)).toMatchObject({ posted: 20 });
    expect(bench.texts()).toHaveLength(20);
  });

  test('marked as seen is not posted though the feed has dropped it', async () => {
    const bench = await startHeld();
    await decide(bench, 'mark');
    expect(await bench.deliver(usual)).toMatchObject({ marked: 20, posted: 0 });
    await bench.deliver(usual);
    expect(bench.texts()).toEqual([]);
  });

  test('survives a crash between the decision and the posts', async () => {
    const bench = await startHeld();
    await decide(bench, 'post');
    bench.onStep = (step) => (step === 'claimed' ? bench.crash() : undefined);
    await expect(bench.deliver(usual)).rejects.toThrow('closed store');
    bench.onStep = () => undefined;
    await bench.restartAfterLease();
    await bench.deliver(usual);
    expect(bench.texts()).toHaveLength(20);
  });

  test('that another process holds at the same moment is not posted by this one', async () => {
    const bench = await startUsual();
    const { store } = bench;
    const claimWaiting = store.claimWaiting.bind(store);
    store.claimWaiting = async (options) => {
      await store.holds.open('notes', ['sudden1']);
      await store.release(await store.claim([{ id: 'sudden1', payload: sudden[0] }], { feed: 'notes' }));
      return claimWaiting(options);
    };
    expect(await bench.deliver(usual)).toMatchObject({ posted: 0, enriched: 0 });
    expect(await store.ledger.find('sudden1')).toMatchObject({ owner: null, attempts: 0 });
  });

  test('holds nothing that waited for a retry for good', async () => {
    const bench = await startUsual();
    bench.discord.faults = failNext(4, { kind: 'status', status: 500 }, createsMessage(ids.announcements));
    await bench.deliver([...usual, { id: 'early' }]);
    await bench.clock.advance(60_000);
    expect(await bench.deliver([...usual, ...sudden])).toMatchObject({ held: 20, posted: 0 });
    await decide(bench, 'mark');
    expect(await bench.deliver(usual)).toMatchObject({ posted: 1 });
    expect(bench.texts()).toEqual(['early: about early']);
  });
});

describe('is no flood', () => {
  test.each(['mark', 'post', 5] as const)('a first run with %s', async (firstRun) => {
    const bench = await Bench.start({ delivery: { flood, firstRun } });
    expect(await bench.deliver(sudden)).toMatchObject({ held: 0 });
    expect(await bench.store.holds.current('notes')).toBeNull();
  });

  test('a burst below the minimum, or below the share', async () => {
    const bench = await startUsual();
    expect(await bench.deliver(notes(9, 'few'))).toMatchObject({ posted: 9, held: 0 });
    const listed = [...usual, ...notes(9, 'few')];
    expect(await bench.deliver([...listed, ...notes(16, 'many')])).toMatchObject({ posted: 16, held: 0 });
  });

  test('a batch of a feed that is usually all new', async () => {
    const bench = await Bench.start({ delivery: { flood, firstRun: 'post' } });
    for (let cycle = 0; cycle < 3; cycle += 1) {
      expect(await bench.deliver(notes(15, `cycle${cycle}-`))).toMatchObject({ posted: 15, held: 0 });
    }
  });

  test('what waits for its retry', async () => {
    const bench = await startUsual();
    bench.discord.denyChannel(ids.announcements);
    for (const size of [3, 6, 9, 12]) await bench.deliver([...usual, ...notes(size, 'waiting')]);
    expect(await bench.deliver(notes(12, 'waiting'))).toMatchObject({ held: 0 });
  });
});
