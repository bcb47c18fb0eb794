import { describe, expect, test } from 'vitest';

import { SeenInputError, SeenStoreClosedError, type Coverage } from '../../src/store/index.ts';
import { NOON } from '../support/times.ts';
import type { ContractBackend } from './backend.ts';
import { openOne, openPair } from './stores.ts';

const settled: Coverage = [
  { category: '8-K', oldBefore: null },
  { category: "it's 😀 \ud800", oldBefore: null },
];
const unsettled: Coverage = [
  { category: null, oldBefore: new Date(NOON) },
  { category: '', oldBefore: new Date(-1) },
];

/** The coverage of feeds, for every backend to keep. */
export function describeCoverage(backend: ContractBackend): void {
  describe(`coverage, on ${backend.name}`, () => {
    test('a feed has no coverage until one is saved, which may be an empty one', async () => {
      const { one, other } = await openPair(backend);
      expect(await one.coverage.of('filings')).toBeNull();
      await one.coverage.save('filings', []);
      expect(await other.coverage.of('filings')).toEqual([]);
      expect(await other.coverage.of('Filings')).toBeNull();
    });

    test('a coverage is kept to the letter, for each feed its own, over a restart', async () => {
      const { one, reopen } = await openPair(backend);
      await one.coverage.save('filings', settled);
      await one.coverage.save("o'reilly", unsettled);
      await one.close();
      const { coverage } = await reopen();
      expect(await coverage.of('filings')).toEqual(settled);
      expect(await coverage.of("o'reilly")).toEqual(unsettled);
    });

    test('a coverage takes the place of the one before, whoever saved that', async () => {
      const { one, other } = await openPair(backend);
      await one.coverage.save('filings', unsettled);
      await other.coverage.save('filings', settled);
      expect(await one.coverage.of('filings')).toEqual(settled);
    });

    test('a coverage that names a category twice is refused, and nothing of it is kept', async () => {
      const { one } = await openOne(backend);
      const twice = [...settled, { category: '8-K', oldBefore: new Date(NOON) }];
      await expect(one.coverage.save('filings', twice)).rejects.toThrow(SeenInputError);
      expect(await one.coverage.of('filings')).toBeNull();
    });

    test('a closed store tells no coverage and keeps none', async () => {
      const { one } = await openOne(backend);
      await one.close();
      await expect(one.coverage.of('filings')).rejects.toThrow(SeenStoreClosedError);
      await expect(one.coverage.save('filings', settled)).rejects.toThrow(SeenStoreClosedError);
    });
  });
}
