import { describe, expect, test } from 'vitest';
import { groupFilings, parsePage, type Filing, type FilingRow } from '../../../src/edgar/index.ts';
import type { FeedSource } from '../../../local/edgar/feed-source.ts';
import { generatedFeed } from '../../../local/edgar/generated-feed.ts';

function rowsOf(feed: FeedSource, type = ''): FilingRow[] {
  const rows: FilingRow[] = [];
  for (let start = 0; ; start += 100) {
    const page = feed.page({ start, count: 100, type });
    if (page === null) return rows;
    const parsed = parsePage(page);
    expect(parsed.refused).toEqual([]);
    rows.push(...parsed.rows);
  }
}

const timeOf = ({ acceptedAt }: Pick<Filing, 'acceptedAt'>): number => acceptedAt?.getTime() ?? Number.NaN;

/** Collects the rows and filings of each of `cycles` cycles. */
function follow(feed: FeedSource, cycles: number): { readonly rows: FilingRow[]; readonly filings: Filing[] }[] {
  return Array.from({ length: cycles }, () => {
    const rows = rowsOf(feed);
    const filings = groupFilings(rows);
    expect(new Set(filings.map(({ accession }) => accession))).toEqual(new Set(feed.expected()));
    feed.advance();
    return { rows, filings };
  });
}

describe('the generated feed', () => {
  test('it repeats itself for the same seed only', () => {
    const [one, same, other] = [7, 7, 8].map((seed) => JSON.stringify(follow(generatedFeed({ seed }), 3)));
    expect(one).toBe(same);
    expect(one).not.toBe(other);
  });

  test.each([1, 2, 3, 4, 5])(
    'with the seed %i it lists 150 filings a cycle, of which 20 to 30 % are new, some of them late',
    (seed) => {
      const [first, ...later] = follow(generatedFeed({ seed }), 5).map((cycle) => cycle.filings);
      const seen = new Set(first?.map(({ accession }) => accession));
      let newest = Math.max(...(first ?? []).map(timeOf));
      expect([first, ...later].map((filings) => filings?.length)).toEqual([150, 150, 150, 150, 150]);
      for (const filings of later) {
        const fresh = filings.filter(({ accession }) => !seen.has(accession));
        const late = fresh.filter((filing) => timeOf(filing) <= newest);
        expect(fresh.length).toBeGreaterThanOrEqual(30);
        expect(fresh.length).toBeLessThanOrEqual(45);
        expect(late.length).toBeGreaterThanOrEqual(3);
        // In the middle: behind filings that were listed before.
        expect(filings.findLastIndex((filing) => late.includes(filing))).toBeGreaterThan(fresh.length);
        for (const { accession } of fresh) seen.add(accession);
        newest = Math.max(newest, ...filings.map(timeOf));
      }
    },
  );

  const cycles = follow(generatedFeed({ seed: 1 }), 6);
  const rows = cycles.flatMap((cycle) => cycle.rows);
  const filings = cycles.flatMap((cycle) => cycle.filings);

  test('it is sorted by the time of acceptance, newest first', () => {
    for (const cycle of cycles) {
      const times = cycle.rows.map(timeOf);
      expect(times).toEqual(times.toSorted((a, b) => b - a));
    }
  });

  test('it has the forms, the names and the parties that make a feed hard to read', () => {
    const forms = new Set(filings.map(({ form }) => form));
    const names = rows.map(({ party }) => party.name).join('\n');
    expect(['4', '8-K', '8-K/A', '424B2', '10-Q', 'D', 'SCHEDULE 13D/A'].filter((form) => !forms.has(form))).toEqual(
      [],
    );
    for (const piece of [' - ', '(', '&', "'", 'é', 'Ü', 'Ñ']) expect(names).toContain(piece);
    expect(filings.filter(({ form, parties }) => form === '4' && parties.length < 2)).toEqual([]);
    expect(filings.filter(({ form, items }) => form === '8-K' && items.length === 0)).toEqual([]);
    expect(filings.some(({ form, parties }) => form === '8-K' && parties.length === 3)).toBe(true);
  });

  test('it repeats rows word for word, and interleaves filings of the same second', () => {
    const first = cycles[0]?.rows ?? [];
    const parties = cycles[0]?.filings.reduce((sum, filing) => sum + filing.parties.length, 0) ?? 0;
    expect(first.length).toBeGreaterThan(parties);
    expect(
      rows.some(
        ({ accession }, index) => rows[index + 1]?.accession !== accession && rows[index + 2]?.accession === accession,
      ),
    ).toBe(true);
  });

  test('it selects forms by their beginning', () => {
    const forms = new Set(rowsOf(generatedFeed({ seed: 1 }), '4').map(({ form }) => form));
    expect([...forms].filter((form) => !form.startsWith('4'))).toEqual([]);
    expect(forms).toContain('424B2');
  });

  test('a form that nobody filed gets an empty page', () => {
    const page = generatedFeed({ seed: 1 }).page({ start: 0, count: 100, type: 'ZZZ' });
    expect(Buffer.from(page ?? []).toString()).toContain('No recent filings');
  });
});
