import { describe, expect, test } from 'vitest';
import { Pacer } from '../../src/edgar/pacer.ts';
import { ManualClock } from '../support/manual-clock.ts';

const HOUR_MS = 3_600_000;

/** Asks for `count` turns at once. `times` says when each came, in milliseconds from the start. */
function ask(pacer: Pacer, clock: ManualClock, count: number, signal = new AbortController().signal) {
  const begin = clock.monotonic();
  const times: number[] = [];
  const turns = Array.from({ length: count }, async () => {
    await pacer.turn(signal);
    times.push(clock.monotonic() - begin);
  });
  return { times, turns: Promise.allSettled(turns) };
}

describe('turns', () => {
  test('are evenly spaced from the first on, which comes at once', async () => {
    const clock = new ManualClock();
    const { times } = ask(new Pacer(clock, 5), clock, 6);
    await clock.advance(10_000);
    expect(times).toEqual([0, 200, 400, 600, 800, 1000]);
  });

  test('may come less often than once a second', async () => {
    const clock = new ManualClock();
    const { times } = ask(new Pacer(clock, 0.1), clock, 3);
    await clock.advance(60_000);
    expect(times).toEqual([0, 10_000, 20_000]);
  });

  test('come at whole milliseconds, not too soon', async () => {
    const clock = new ManualClock();
    const { times } = ask(new Pacer(clock, 3), clock, 4);
    await clock.advance(10_000);
    expect(times).toEqual([0, 334, 668, 1002]);
    expect(clock.sleeping).toEqual([]);
  });

  test('are not made up for after a pause', async () => {
    const clock = new ManualClock();
    const pacer = new Pacer(clock, 2);
    ask(pacer, clock, 1);
    await clock.advance(60_000);
    const { times } = ask(pacer, clock, 3);
    await clock.whenSleeping(500);
    await clock.advance(60_000);
    expect(times).toEqual([0, 500, 1000]);
  });

  test.each([-5 * HOUR_MS, 5 * HOUR_MS])('do not care that the clock is set by %d ms', async (step) => {
    const clock = new ManualClock();
    const pacer = new Pacer(clock, 1);
    const { times } = ask(pacer, clock, 3);
    await clock.advance(500);
    clock.step(step);
    await clock.advance(10_000);
    expect(times).toEqual([0, 1000, 2000]);
  });
});

describe('a turn that is no longer waited for', () => {
  const reason = new Error('The bot stops.');

  test('goes to the next in line, and leaves no timer behind', async () => {
    const clock = new ManualClock();
    const pacer = new Pacer(clock, 1);
    const stop = new AbortController();
    ask(pacer, clock, 1);
    const given = ask(pacer, clock, 2, stop.signal);
    const next = ask(pacer, clock, 1);
    await clock.advance(500);
    stop.abort(reason);
    expect(await given.turns).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ]);
    await clock.advance(5000);
    expect(given.times).toEqual([]);
    expect(next.times).toEqual([1000]);
    expect(clock.sleeping).toEqual([]);
  });

  test('is not taken at all where the signal has aborted already', async () => {
    const clock = new ManualClock();
    const pacer = new Pacer(clock, 1);
    expect(await ask(pacer, clock, 1, AbortSignal.abort(reason)).turns).toEqual([{ status: 'rejected', reason }]);
    const { times } = ask(pacer, clock, 1);
    await clock.advance(0);
    expect(times).toEqual([0]);
  });
});

test('a turn that came late, because the process was suspended, is heeded only after what should have ended it', async () => {
  const clock = new ManualClock();
  const pacer = new Pacer(clock, 5);
  const over = new AbortController();
  await pacer.turn(over.signal);
  const turn = pacer.turn(over.signal);
  const ending = clock.sleep(10_000).then(() => over.abort(new Error('another process leads')));
  await clock.whenSleeping(200);
  const refused = expect(turn).rejects.toThrow('another process leads');
  await clock.suspend(20_000);
  await Promise.all([ending, refused]);
});
