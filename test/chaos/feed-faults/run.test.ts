import { expect, test } from 'vitest';

import { isValid, runFeedFaults } from '../../../chaos/feed-faults/run.ts';
import { History } from '../../../chaos/history.ts';

const history = new History();

test('a faulty EDGAR has nothing old posted, nothing lost, and no crawl called complete that is not', async () => {
  const report = await runFeedFaults({ seed: 21, seeds: 3, design: 'ours' }, { history });
  expect(report.runs.map(({ violations }) => violations)).toEqual(
    report.runs.map(() => ({
      wronglyComplete: [],
      wronglyWhole: [],
      tornInVain: [],
      oldPosted: [],
      lost: [],
      twice: [],
      neverComplete: [],
    })),
  );
  expect(report.runs.some(({ posts }) => posts > 0)).toBe(true);
}, 60_000);

test('the check notices a crawl that takes a page that is not to be had for the end', async () => {
  const report = await runFeedFaults({ seed: 6, seeds: 1, design: 'naive-crawl', kinds: ['generated'] }, { history });
  expect(isValid(report)).toBe(false);
}, 60_000);
