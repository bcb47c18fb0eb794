import { describe, expect, test } from 'vitest';

import { statsEmbed } from '../../src/commands/views/stats-embed.ts';
import { noCounts, type DatabaseHealth, type SeenStats } from '../../src/store/index.ts';
import { DAY_MS } from '../support/times.ts';

const empty: SeenStats = {
  backend: 'sqlite',
  location: 'seen_ids.sqlite',
  rows: 0,
  oldest: null,
  newest: null,
  fileBytes: 0,
  walBytes: 0,
  ttlDays: 7,
  today: noCounts,
  lastCycle: null,
  ledger: { waiting: 0, active: 0, failed: 0 },
  spending: [],
};

function fieldsOf(changes: Partial<SeenStats>): Map<string, string> {
  const { fields = [] } = statsEmbed({ ...empty, ...changes }).toJSON();
  return new Map(fields.map(({ name, value }) => [name, value]));
}

test('an empty store has something to show in every field', () => {
  const fields = fieldsOf({});
  expect(fields.get('Remembered')).toBe('**0** ids');
  expect(fields.get('Oldest')).toBe('—');
  expect(fields.get('Database')).toBe('0 B');
  expect(fields.get('Write-ahead log')).toBe('0 B');
  expect(fields.get('Today (UTC)')).toBe('nothing listed');
  expect(fields.get('Last cycle')).toBe('none yet');
});

test('a backend without a write-ahead log shows no field for one', () => {
  const { walBytes: _walBytes, ...stats } = empty;
  const names = statsEmbed(stats)
    .toJSON()
    .fields?.map(({ name }) => name);
  expect(names).toContain('Database');
  expect(names).not.toContain('Write-ahead log');
});

describe('a store on a database server', () => {
  const health: DatabaseHealth = { deadRows: 9_999, oldestTransactionMs: 299_999, vacuumedAgoMs: null };
  const location = 'postgres://db.example:5432/bot, schema seen';

  function serverFieldsOf(changes: Partial<DatabaseHealth>): Map<string, string> {
    return fieldsOf({ backend: 'postgres', location, health: { ...health, ...changes } });
  }

  test('shows where it is, and nothing of its health while there is nothing to tell', () => {
    expect(serverFieldsOf({}).get('Server')).toBe(`\`${location}\``);
    expect(serverFieldsOf({ oldestTransactionMs: null }).has('Worth a look')).toBe(false);
    expect(serverFieldsOf({}).has('Worth a look')).toBe(false);
  });

  test.each<readonly [Partial<DatabaseHealth>, string]>([
    [{ deadRows: 10_000 }, '**10,000** dead rows wait for a vacuum. The table of claims has never been vacuumed.'],
    [
      { deadRows: 1_234_567, vacuumedAgoMs: 7_200_000 },
      '**1,234,567** dead rows wait for a vacuum. The table of claims was last vacuumed 2 hours ago.',
    ],
    [
      { oldestTransactionMs: 300_000 },
      'A transaction has been open for **5 minutes**. No vacuum can free what it may still see.',
    ],
    [
      { oldestTransactionMs: 3 * DAY_MS },
      'A transaction has been open for **3 days**. No vacuum can free what it may still see.',
    ],
  ])('tells what is worth a look: %o', (changes, told) => {
    expect(serverFieldsOf(changes).get('Worth a look')).toBe(told);
  });

  test('a file has no such fields', () => {
    const names = [...fieldsOf({}).keys()];
    expect(names).not.toContain('Server');
    expect(names).not.toContain('Worth a look');
  });
});

test('a store without a TTL never forgets', () => {
  expect(fieldsOf({ ttlDays: Infinity }).get('Forgets after')).toBe('never');
});

test('many incidents are shown in part, and none has no field', () => {
  expect(fieldsOf({}).has('Failing')).toBe(false);
  const incident = {
    id: 'x',
    reason: '',
    since: new Date(0),
    isRelapse: false,
    intentAt: null,
    toldAt: null,
    overAt: null,
  };
  const incidents = Array.from({ length: 14 }, (_, n) => ({ ...incident, subject: `source:${'`'.repeat(90)}${n}` }));
  const value = statsEmbed(empty, incidents).toJSON().fields?.at(-1)?.value ?? '';
  expect(value.split('\n')).toHaveLength(11);
  expect(value.endsWith('and 4 more')).toBe(true);
  expect(value.length).toBeLessThan(1024);
});

test('the cost of enrichment has a field where a feed enriches', () => {
  expect(fieldsOf({}).has('Enrichment today (UTC)')).toBe(false);
  const spent = { requests: 3, tokens: 0, enrichments: 3, budget: null, saved: null };
  const spending = [{ feed: 'filings', day: new Date(0), ...spent }];
  expect(fieldsOf({ spending }).get('Enrichment today (UTC)')).toBe('3 requests');
});

test('one id and one day are in the singular', () => {
  const fields = fieldsOf({ rows: 1, ttlDays: 1 });
  expect([fields.get('Remembered'), fields.get('Forgets after')]).toEqual(['**1** id', '1 day']);
});

test.each([
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [102_400, '100 KiB'],
  [1024 ** 2 - 1, '1024 KiB'],
  [5.5 * 1024 ** 3, '5.5 GiB'],
  [3 * 1024 ** 5, '3072 TiB'],
])('%i bytes are %s', (fileBytes, shown) => {
  expect(fieldsOf({ fileBytes }).get('Database')).toBe(shown);
});

test.each([
  [0, '▱▱▱▱▱▱▱▱▱▱▱▱ **0 %**'],
  [500, '▰▰▰▰▰▰▱▱▱▱▱▱ **50 %**'],
  [999, '▰▰▰▰▰▰▰▰▰▰▰▱ **99 %**'],
  [1000, '▰▰▰▰▰▰▰▰▰▰▰▰ **100 %**'],
])('%i skipped of 1000 is %s', (skipped, shown) => {
  expect(fieldsOf({ today: { ...noCounts, total: 1000, skipped } }).get('Today (UTC)')).toContain(shown);
});

test('the largest numbers fit into an embed', () => {
  const most = Number.MAX_SAFE_INTEGER;
  const counts = { total: most, skipped: most, enriched: most, posted: most, marked: most, failed: most, held: most };
  const date = new Date(8.64e15);
  const lastCycle = { ...counts, feed: 'f'.repeat(100), startedAt: date, finishedAt: date };
  const fields = fieldsOf({
    rows: most,
    oldest: date,
    newest: date,
    fileBytes: most,
    walBytes: most,
    today: counts,
    lastCycle,
  });
  expect(Math.max(...[...fields.values()].map(({ length }) => length))).toBeLessThanOrEqual(1024);
});

test('the leaders are shown by machine and process, and by nothing else of their names', () => {
  const leader = 'bot-1/9d3c/pid:[4026]|4711|123|0b9e';
  const times = { electedAt: new Date(0), leaseUntil: new Date(15_000) };
  const { fields = [] } = statsEmbed(empty, [], [{ name: 'news', leader, number: 1, ...times }]).toJSON();
  expect(fields.at(-1)).toMatchObject({ name: 'Led by', value: '`news`: `bot-1`, process `4711`, since <t:0:R>' });
});
