import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Slots } from '../../src/feed/deliver/order/slots.ts';

/** Pieces of work that a test ends, with what they have done so far. */
function workIn(slots: Slots) {
  const events: string[] = [];
  const begin = (name: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giver = { giveUpSlot: (): void => undefined };
    const outcome = slots.run(async (giveUpSlot) => {
      giver.giveUpSlot = giveUpSlot;
      events.push(name);
      await promise;
      return name;
    });
    return { outcome, end: resolve, fail: reject, giveUp: () => giver.giveUpSlot() };
  };
  return { events, begin };
}

test('as much work runs as there are slots, in the order in which it was given', async () => {
  const { events, begin } = workIn(new Slots(2));
  const [first, second] = ['a', 'b', 'c', 'd'].map(begin);
  await turn();
  expect(events).toEqual(['a', 'b']);
  second?.end();
  expect(await second?.outcome).toBe('b');
  await turn();
  expect(events).toEqual(['a', 'b', 'c']);
  first?.end();
  await turn();
  expect(events).toEqual(['a', 'b', 'c', 'd']);
});

test('work that gives up its slot goes on, and frees one slot only', async () => {
  const { events, begin } = workIn(new Slots(1));
  const [first] = ['a', 'b', 'c'].map(begin);
  await turn();
  first?.giveUp();
  first?.giveUp();
  await turn();
  expect(events).toEqual(['a', 'b']);
  first?.end();
  expect(await first?.outcome).toBe('a');
  await turn();
  expect(events).toEqual(['a', 'b']);
});

test('work that fails frees its slot', async () => {
  const { events, begin } = workIn(new Slots(1));
  const [first] = ['a', 'b'].map(begin);
  await turn();
  first?.fail(new Error('No such luck.'));
  await expect(first?.outcome).rejects.toThrow('No such luck.');
  await turn();
  expect(events).toEqual(['a', 'b']);
});
