import { expect, test } from 'vitest';

import { ChannelLine } from '../../src/feed/deliver/order/channel-line.ts';

const line = (): ChannelLine => new ChannelLine('1', { pauseOf: () => undefined } as never);

test('an item is behind one that is not ready until those before it are ready or have left, in any order', () => {
  const [one, two, three, four] = Array.from(
    { length: 4 },
    (
      (open) => () =>
        open.join()
    )(line()),
  );
  const behind = (): (boolean | undefined)[] => [one, two, three, four].map((spot) => spot?.isBehindUnready());
  expect(behind()).toEqual([false, true, true, true]);
  two?.setReady();
  expect(behind()).toEqual([false, true, true, true]);
  one?.setReady();
  expect(behind()).toEqual([false, false, false, true]);
  three?.leave();
  expect(behind()).toEqual([false, false, false, false]);
  expect([two, three, four].map((spot) => spot?.isClear())).toEqual([false, false, false]);
});

test('a line of fifty thousand is joined and left without a walk through all of it for each item', () => {
  const open = line();
  const spots = Array.from({ length: 50_000 }, () => open.join());
  for (const spot of spots) spot.setReady();
  expect(spots.filter((spot) => spot.isBehindUnready())).toEqual([]);
  for (const spot of spots.toReversed()) spot.leave();
  expect(spots.at(-1)?.isClear()).toBe(true);
});
