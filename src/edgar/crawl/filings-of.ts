import { nextTurn, partsOf } from '../../store/turns.ts';
import type { Filing, FilingRow } from '../filing.ts';
import { matchesForms } from '../forms.ts';
import { filingOf, rowsByFiling } from '../group.ts';
import type { RowSequence } from './page-chain.ts';

/**
 * Groups the rows of a crawl into the filings of the wanted forms, oldest first. Those of which rows may be missing are
 * partial. It takes several turns of the event loop: with thousands of rows, each step takes milliseconds.
 */
export async function filingsOf(rows: RowSequence, forms: readonly string[]): Promise<Filing[]> {
  const torn = tornFilings(rows);
  await nextTurn();
  const groups = rowsByFiling(rows.filter((row) => row !== null));
  const filings: Filing[] = [];
  for (const part of partsOf(groups)) {
    await nextTurn();
    filings.push(...part.map(filingOf));
  }
  await nextTurn();
  const wanted = filings.filter((filing) => matchesForms(filing, forms));
  return oldestFirst(wanted).map((filing) => asWanted(filing, forms, torn.has(filing.accession)));
}

/** Names the filing by the form that it was wanted for. Hardly any is changed by it, of thousands. */
function asWanted(filing: Filing, forms: readonly string[], isTorn: boolean): Filing {
  const form = filing.forms.find((name) => forms.includes(name)) ?? filing.form;
  const partial = filing.partial || isTorn;
  return form === filing.form && partial === filing.partial ? filing : { ...filing, form, partial };
}

/**
 * Finds the filings of which rows may be missing where rows may be missing: those at the place itself, and those that
 * were accepted in the same second, since the rows of a second interleave.
 */
function tornFilings(rows: RowSequence): ReadonlySet<string> {
  const torn = new Set<string>();
  rows.forEach((row, index) => {
    if (row !== null) return;
    for (const { accession } of [...sameSecond(rows, index, -1), ...sameSecond(rows, index, 1)]) torn.add(accession);
  });
  return torn;
}

function sameSecond(rows: RowSequence, place: number, step: 1 | -1): FilingRow[] {
  const found: FilingRow[] = [];
  for (let row = rows[place + step]; row; row = rows[place + step * (found.length + 1)]) {
    if (found.length > 0 && found[0]?.acceptedAt?.getTime() !== row.acceptedAt?.getTime()) break;
    found.push(row);
  }
  return found;
}

/**
 * Reverses the feed, which is newest first, and keeps that order within one second. A filing without a time stays beside
 * its neighbour in the feed.
 */
function oldestFirst(filings: readonly Filing[]): Filing[] {
  let time = -Infinity;
  const timed = filings.toReversed().map((filing) => {
    time = filing.acceptedAt?.getTime() ?? time;
    return { filing, time };
  });
  return timed.toSorted((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time))).map(({ filing }) => filing);
}
