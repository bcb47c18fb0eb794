import { describe, expect, test } from 'vitest';

import { compareWithFeed, isExactlyOnce, type CycleReport } from '../../demo/report.ts';

const [newest, middle, oldest] = ['0001234567-26-000003', '0001234567-26-000002', '0001234567-26-000001'];
const first = [newest, middle, oldest];

/** A bot that says that it has marked everything. */
const cycle: CycleReport = { total: 3, skipped: 0, enriched: 0, posted: 0, marked: 3 };

const post = (id: string) => ({ embeds: [{ footer: { text: `${id} · filed 2026-01-05` } }] });

const verdict = (firstRun: string, posted: readonly string[], listed: readonly (readonly string[])[] = [first]) => {
  const report = compareWithFeed(
    listed.map(() => cycle),
    listed,
    posted.map(post),
    firstRun,
  );
  return [report.postedTwice, report.lost, report.unasked, isExactlyOnce(report)];
};

describe('the report goes by the instruction to the bot, not by its own account', () => {
  test.each([
    ['post', first, [0, 0, 0, true]],
    ['post', [], [0, 3, 0, false]],
    ['mark', [], [0, 0, 0, true]],
    ['mark', [oldest], [0, 0, 1, false]],
    ['1', [newest], [0, 0, 0, true]],
    ['1', [oldest], [0, 1, 1, false]],
    ['0', [], [0, 0, 0, true]],
    ['99', first, [0, 0, 0, true]],
    ['99', [], [0, 3, 0, false]],
    ['post', [...first, middle], [1, 0, 0, false]],
  ] as const)('with --first-run %s, the posts %j make the report %j', (firstRun, posted, expected) => {
    expect(verdict(firstRun, posted)).toEqual(expected);
  });

  test('a filing that a later cycle adds is to be posted once', () => {
    const listed = [first.slice(1), first];
    expect(verdict('mark', [newest], listed)).toEqual([0, 0, 0, true]);
    expect(verdict('mark', [], listed)).toEqual([0, 1, 0, false]);
  });
});
