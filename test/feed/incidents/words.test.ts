import { expect, test } from 'vitest';

import { failingMessage, lengthOf, overMessage, wordsOf } from '../../../src/feed/incidents/words.ts';
import type { Incident } from '../../../src/store/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, NOON } from '../../support/times.ts';

const incident: Incident = {
  id: '7f3c09ab-0000-4000-8000-000000000000',
  subject: 'source:news',
  reason: 'no answer',
  since: new Date(NOON),
  isRelapse: false,
  intentAt: null,
  toldAt: null,
  overAt: null,
};

test.each([
  [0, '1 min'],
  [12 * MINUTE_MS, '12 min'],
  [59.6 * MINUTE_MS, '1 h'],
  [3 * HOUR_MS + 12 * MINUTE_MS, '3 h 12 min'],
  [DAY_MS, '1 d'],
  [2 * DAY_MS + 3 * HOUR_MS + MINUTE_MS, '2 d 3 h'],
])('%i ms are %s', (ms, words) => {
  expect(lengthOf(ms)).toBe(words);
});

test('a feed’s name is kept whole, and breaks out of nothing', () => {
  expect(wordsOf('source:a:b').failing).toBe('The source of `a:b` cannot be read');
  expect(wordsOf('model:x` **@everyone** `').failing).toBe(
    "Items of `x' **@everyone** '` are posted without enrichment",
  );
  expect(wordsOf('channel:no id').failing).toBe('Nothing can be posted in `no id`');
});

test('a daily budget says until when posts go out without enrichment', () => {
  const { failing, hint } = wordsOf('budget:news');
  expect(failing).toBe('The daily budget of `news` is used up');
  expect(hint).toContain('until 00:00 UTC');
});

test.each(['payments', 'payments:eu', 'store:backup'])(
  'an incident of the program’s own is told by its name: %s',
  (subject) => {
    const text = failingMessage({ ...incident, subject });
    expect(text).toContain(`🔴 **\`${subject}\` fails**`);
    expect(text).not.toContain('database');
    expect(overMessage({ ...incident, subject, overAt: new Date(NOON) }, undefined)).toContain(
      `\`${subject}\` works again`,
    );
  },
);

test.each(['source', 'model', 'budget', 'channel', 'backlog', 'other'])(
  'what fails has at most 2000 characters: %s',
  (kind) => {
    const worst = { ...incident, subject: `${kind}:${'n'.repeat(5000)}`, reason: '*'.repeat(5000) };
    expect(failingMessage(worst).length).toBeLessThan(2000);
    expect(overMessage({ ...worst, overAt: new Date(NOON) }, { posted: 1e6, waiting: 1e6 }).length).toBeLessThan(2000);
  },
);

test('the messages of one incident are told apart', () => {
  expect(failingMessage(incident)).toMatch(/\n-# Incident 7f3c09ab$/);
  expect(overMessage({ ...incident, overAt: new Date(NOON) }, undefined)).toMatch(/\n-# End of incident 7f3c09ab$/);
});

test.each([
  [{ posted: 0, waiting: 0 }, 'Nothing waits.'],
  [{ posted: 0, waiting: undefined }, ''],
  [{ posted: 1, waiting: 1 }, '1 item posted in this cycle, 1 item still waiting.'],
  [{ posted: 1200, waiting: undefined }, '1,200 items posted in this cycle.'],
])('the counts of %o are told as "%s"', (summary, text) => {
  const lines = overMessage({ ...incident, overAt: new Date(NOON + HOUR_MS) }, summary).split('\n');
  expect(lines).toEqual([
    '🟢 **The source of `news` answers again**, after 1 h.',
    ...(text === '' ? [] : [text]),
    lines.at(-1),
  ]);
});
