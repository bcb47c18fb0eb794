import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { Logger, LogLevel } from '@sapphire/framework';
import { describe, expect, test, vi } from 'vitest';

import { textLine } from '../../src/log/text-line.ts';
import { textLogger } from '../../src/log/text-logger.ts';

const values = (fields: object): string => textLine('event', fields).replace(/^event /, '');

describe('an event as one line of text', () => {
  test('is its name and its fields, in their order', () => {
    const line = textLine('feed_cycle_finished', { feed: 'news', posted: 2, skipped: 148, complete: true });
    expect(line).toBe('feed_cycle_finished feed=news posted=2 skipped=148 complete=true');
    expect(textLine('bot_stopped')).toBe('bot_stopped');
  });

  test.each<[string, unknown, string]>([
    ['a text with spaces is quoted', 'Market news', '"Market news"'],
    ['an empty text is quoted', '', '""'],
    ['an equals sign is quoted', 'a=b', '"a=b"'],
    ['quotation marks are escaped', 'a "b"', String.raw`"a \"b\""`],
    ['a backslash is escaped', String.raw`C:\n`, String.raw`"C:\\n"`],
    ['the end of a line is escaped', 'a\r\nb\tc', String.raw`"a\r\nb\tc"`],
    ['an address stays as it is', 'https://news.example/a?b', 'https://news.example/a?b'],
    ['a date is in ISO form', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a date that is none says so', new Date(Number.NaN), '"Invalid Date"'],
    ['null is null', null, 'null'],
    ['a number that is none says so', Number.NaN, 'NaN'],
    ['a large whole number keeps its digits', 12345678901234567890n, '12345678901234567890'],
    ['a list has commas', ['a', 1, true], 'a,1,true'],
    ['a list of sentences has semicolons', ['One, two.', 'Three.'], '"One, two.; Three."'],
    ['an empty list is empty', [], '""'],
    ['an object is JSON', { a: { b: [1, undefined] } }, String.raw`"{\"a\":{\"b\":[1,null]}}"`],
    ['a map is JSON', new Map([['a', new Set([1])]]), String.raw`"{\"a\":[1]}"`],
    ['a function has its name', function key() {}, '"[function key]"'],
    ['bytes are counted', Buffer.from('abc'), '"[3 bytes]"'],
    ['a symbol is named', Symbol('x'), 'Symbol(x)'],
  ])('%s', (_, value, expected) => {
    expect(values({ value })).toBe(`value=${expected}`);
  });

  test('a field that is undefined is left out, and an odd name can be told from its value', () => {
    expect(values({ a: undefined, 'b c\n=': 1 })).toBe('b_c__=1');
  });

  test('a value that is long is cut off, and says how long it was', () => {
    expect(values({ title: 'x'.repeat(100_000) })).toBe(`title="${'x'.repeat(500)}… (100000 characters)"`);
    expect(values({ title: '😀'.repeat(400) }).isWellFormed()).toBe(true);
    expect(values({ ids: Array.from({ length: 50 }, (__, index) => index) })).toMatch(/,19,… 30 more"$/);
    expect(textLine('x'.repeat(100_000)).length).toBeLessThan(1100);
  });

  test('what would be cut off is not even made', () => {
    let reads = 0;
    const deep = (depth: number): unknown =>
      Array.from({ length: 20 }, () =>
        depth === 0
          ? {
              get title() {
                reads += 1;
                return 'x'.repeat(1000);
              },
            }
          : deep(depth - 1),
      );
    const texts = [
      values({ value: deep(1) }),
      values({ value: { deep: deep(1) } }),
      values({ value: new Map([[deep, deep(1)]]) }),
    ];
    expect(reads).toBe(3);
    for (const text of texts) expect(text.length).toBeLessThan(600);
    expect(texts[1]).toMatch(/x…"$/);
    expect(values({ value: deep(1) })).toMatch(/x…,… 19 more"$/);
    const names = Object.fromEntries(
      Array.from({ length: 20 }, (__, index) => [
        `${index}`.padEnd(1000, 'n'),
        {
          get title() {
            reads += 1;
            return '';
          },
        },
      ]),
    );
    reads = 0;
    expect(values({ names }).length).toBeLessThan(600);
    expect(reads).toBe(1);
  });

  test('a list shows how many are not shown, and undefined in it', () => {
    expect(values({ list: [undefined, null, [1, [2]], new Error('no')] })).toMatch(
      /^list="undefined; null; \[1,\[2\]\]; no at /,
    );
    expect(values({ list: Array.from({ length: 9 }, () => 'a b'.repeat(50)) })).toMatch(
      /… \(150 characters\); … 5 more"$/,
    );
  });

  test('an error of another realm is an error', () => {
    const made = (code: string): unknown => runInNewContext(`for (const e of made = [${code}]) e.stack = ''; made[0]`);
    const error = made("new TypeError('no', { cause: new Error('quota') })");
    expect(values({ error })).toMatch(/^error="TypeError: no: quota at /);
    expect(values({ failure: { error } })).toMatch(/^failure="\{\\"error\\":\\"TypeError: no: quota at /);
    expect(values({ list: [error] })).toMatch(/^list="TypeError: no: quota at /);
    expect(values({ error: made("new AggregateError([new Error('one'), new Error('two')])") })).toBe(
      'error="one; two"',
    );
  });

  test('a value that cannot be read takes nothing else out of the line', () => {
    const circle: Record<string, unknown> = { name: 'a' };
    circle['self'] = circle;
    const hostile = {
      get gone(): never {
        throw new Error('no');
      },
    };
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const fields = { circle, nested: hostile, proxy: revoked.proxy, ok: 1 };
    const line = values(fields);
    expect(line).toContain(String.raw`circle="{\"name\":\"a\",\"self\":\"[circular]\"}"`);
    expect(line).toContain('nested="[unreadable: no]"');
    expect(line).toMatch(/ proxy="\[unreadable: .+\]" ok=1$/);
    expect(values(Object.defineProperty({ a: 1 }, 'b', { enumerable: true, get: () => hostile.gone }))).toBe(
      'a=1 b="[unreadable: no]"',
    );
  });
});

describe('what a feed says cannot forge a line, nor command the terminal', () => {
  const hostile = [
    'x\n[ERROR] all is lost',
    'x\r[ERROR]',
    '\u001B[2J\u001B[31mred',
    '\u009B31m',
    'x\u2028y\u2029z',
    '\u202Egnp.exe',
    'a\u200Bb\uFEFF',
    'x" posted=9 y="',
    '\uD800',
    '\u{E0041}',
    '\u0000\u0007\u007F',
  ];

  test.each(hostile.map((text) => [inspect(text), text]))('%s, wherever it stands', (_, text) => {
    const error = Object.assign(new Error(text, { cause: text }), { name: text, code: text });
    const fields = { title: text, list: [text], nested: { [text]: text }, error, [text]: 1 };
    const line = textLine(`own_words ${text}`, fields);
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    // What is within quotation marks is a value; nothing outside of them comes from the feed.
    const outside = values({ title: text, list: [text] }).replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
    expect(outside).toMatch(/^title=\S+ list=\S+$/);
  });
});

test("Sapphire's own logger shows one line for each event, at its level, and nothing else", () => {
  const shown: unknown[][] = [];
  for (const method of ['debug', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((...words: unknown[]) => void shown.push([method, ...words]));
  const logger = textLogger(new Logger(LogLevel.Info));
  logger.debug('feed_cycle_started', { feed: 'news' });
  logger.info('feed_cycle_finished', { feed: 'news', posted: 2, text: '100 %s %d %o' });
  logger.warn('feed_item_plain', { error: new Error('no', { cause: { deep: { deeper: {} } } }) });
  logger.error('feed_item_failed', { id: 'a' });
  vi.restoreAllMocks();
  expect(shown).toEqual([
    ['info', '[INFO]', 'feed_cycle_finished feed=news posted=2 text="100 %s %d %o"'],
    ['warn', '[WARN]', expect.stringMatching(/^feed_item_plain error="no.*"$/)],
    ['error', '[ERROR]', 'feed_item_failed id=a'],
  ]);
});

test('a line that the logger does not show is not made', () => {
  const written: string[] = [];
  const write = (line: string): void => void written.push(line);
  const isShown = (level: LogLevel): boolean => level >= LogLevel.Warn;
  const logger = textLogger({ debug: write, info: write, warn: write, error: write, has: isShown });
  const fields = {
    get title(): never {
      throw new Error('it was read');
    },
  };
  logger.debug('a', fields);
  logger.info('b', fields);
  logger.warn('c');
  logger.error('d', fields);
  expect(written).toEqual(['c', 'd title="[unreadable: it was read]"']);
});
