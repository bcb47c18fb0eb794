import { describe, expect, test } from 'vitest';

import { holdQuestion, parseHoldButton } from '../../src/commands/views/hold-question.ts';
import { parsePurgeButton, purgeProgress, purgeQuestion } from '../../src/commands/views/purge-question.ts';
import type { Hold } from '../../src/store/index.ts';
import { buttonsOf, schemaProblems } from '../../local/discord/index.ts';

const now = Date.UTC(2026, 10, 24, 12);
const DAY = 86_400_000;

interface Asked {
  readonly content?: string | undefined;
  readonly components?: unknown;
}

/** Expects that Discord takes a question, or its progress, and shows its buttons. */
function expectSendable(body: Asked): void {
  expect(body.content?.length).toBeLessThanOrEqual(2_000);
  expect(buttonsOf({ components: body.components })).not.toEqual([]);
  for (const { customId, label } of buttonsOf({ components: body.components })) {
    expect(customId.length).toBeLessThanOrEqual(100);
    expect(label.length).toBeLessThanOrEqual(80);
  }
  expect(schemaProblems('POST', '/channels/1100000000000000101/messages', body)).toEqual([]);
}

describe('the question before a purge', () => {
  const ask = (changes: object = {}): Asked => {
    const given = { userId: '1100000000000000012', olderThan: new Date(now - 7 * DAY), now, count: 1234, ttlDays: 7 };
    const { content, components } = purgeQuestion({ ...given, ...changes });
    return { content, components: components.map((row) => row.toJSON()) };
  };
  const answers = (body: Asked) =>
    buttonsOf({ components: body.components }).map(({ customId }) => parsePurgeButton(customId));

  test('has buttons that carry all that the answer needs', () => {
    const common = {
      userId: '1100000000000000012',
      olderThan: new Date(now - 7 * DAY),
      expiresAt: new Date(now + 300_000),
      count: 1234,
    };
    expect(answers(ask())).toEqual([
      { choice: 'yes', ...common },
      { choice: 'no', ...common },
    ]);
  });

  test('says that ids never expire by themselves where there is no TTL', () => {
    expect(ask({ ttlDays: Infinity }).content).toContain('By themselves, ids never expire. Items that the feed');
  });

  test('fits at the largest values', () => {
    const most = { userId: '9'.repeat(20), olderThan: new Date(0), now: 8.64e15 - DAY, count: Number.MAX_SAFE_INTEGER };
    expectSendable(ask({ ...most, ttlDays: 36_500 }));
    expectSendable(ask({ ...most, olderThan: new Date(8.64e15) }));
  });

  test.each([
    [1_234_567, '**1,234,567** of 5,000,000 ids (24 %)'],
    [4_999_999, '**4,999,999** of 5,000,000 ids (99 %)'],
    // Some were marked between the question and the answer.
    [5_000_001, '**5,000,001** of 5,000,000 ids (100 %)'],
  ])('shows its progress when %i ids are gone', (deleted, shown) => {
    const answer = { choice: 'yes', userId: '1', olderThan: new Date(now), expiresAt: new Date(now) } as const;
    const { content, components } = purgeProgress({ ...answer, count: 5_000_000 }, deleted);
    expect(content).toBe(`🧹 Forgetting… ${shown}`);
    expectSendable({ content, components: components.map((row) => row.toJSON()) });
  });

  test.each([
    [7 * DAY, false],
    [7 * DAY - 1, true],
    [1000, true],
  ])('about ids that are %i ms old warns: %s', (age, warns) => {
    expect(ask({ olderThan: new Date(now - age) }).content?.includes('posted again')).toBe(warns);
  });

  test('about one id is in the singular', () => {
    const { content, components } = ask({ count: 1 });
    expect(content).toContain('Forget **1 id** last');
    expect(buttonsOf({ components })[0]?.label).toBe('Forget 1 id');
  });

  test.each([
    'seen:purge:maybe:1:2:3:4',
    'seen:purge:yes:1:2:3',
    'seen:purge:yes:1:2:3:4:5',
    'Xseen:purge:yes:1:2:3:4',
    'seen:hold:1:post',
    '',
  ])('does not take the button “%s” for its own', (customId) => expect(parsePurgeButton(customId)).toBeUndefined());
});

describe('the question of the flood breaker', () => {
  const hold: Hold = {
    id: 7,
    name: '0123456789abcdef0123456789abcdef',
    feed: 'filings',
    createdAt: new Date(now),
    ids: ['a', 'b'],
    decision: null,
    decidedBy: null,
    questions: [],
  };

  test('has buttons that carry the hold and the decision', () => {
    const { components } = holdQuestion(hold, 1_000);
    expect(buttonsOf({ components }).map(({ customId, label }) => [parseHoldButton(customId), label])).toEqual([
      [{ name: hold.name, decision: 'mark' }, 'Mark as seen, post none'],
      [{ name: hold.name, decision: 'post' }, 'Post all 2'],
    ]);
  });

  test('fits at the largest values, and pings nobody', () => {
    const ids = Array.from({ length: 50_000 }, (_, index) => `id ${index}`);
    const body = holdQuestion({ ...hold, id: Number.MAX_SAFE_INTEGER, feed: '@everyone '.repeat(10), ids }, 60_000);
    expectSendable(body);
    expect(body.allowed_mentions).toEqual({ parse: [] });
  });

  test.each([
    'seen:hold:x:post',
    `seen:hold:${hold.name.slice(1)}:post`,
    `seen:hold:${hold.name}0:post`,
    `seen:hold:${hold.name.toUpperCase()}:post`,
    'seen:hold:1:both',
    'seen:hold:-1:post',
    'seen:hold:1:post ',
    'seen:purge:yes:1:2:3:4',
    '',
  ])('does not take the button “%s” for its own', (customId) => expect(parseHoldButton(customId)).toBeUndefined());
});
