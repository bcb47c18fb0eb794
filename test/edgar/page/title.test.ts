import { describe, expect, test } from 'vitest';
import { readTitle } from '../../../src/edgar/page/title.ts';
import { computingMs } from '../../support/computing-time.ts';

describe('readTitle', () => {
  test.each([
    ['10-Q - OSPREY (FEEDER) - A, L.P. (0000000042) (Filer)', 'OSPREY (FEEDER) - A, L.P.', '0000000042', 'Filer'],
    ['10-Q - TERN  ISLAND (0000000042) (Filer)', 'TERN  ISLAND', '0000000042', 'Filer'],
    ['10-Q - TERN  ISLAND   (0000000042)   (Filer)', 'TERN ISLAND', '0000000042', 'Filer'],
    ['\n  10-Q -\n  TERN ISLAND\n  (0000000042)\n  (Filer)\n', 'TERN ISLAND', '0000000042', 'Filer'],
    ['10-Q\u00A0- TERN ISLAND\u00A0(0000000042)\u2003(Filer)', 'TERN ISLAND', '0000000042', 'Filer'],
    ['10-Q - TERN\tISLAND (0000000042) (Filer)', 'TERN ISLAND', '0000000042', 'Filer'],
    ['10-Q - TERN ISLAND(0000000042)(Filer)', 'TERN ISLAND', '0000000042', 'Filer'],
    ['10-Q - TERN ISLAND (0000000042)', 'TERN ISLAND', '0000000042', ''],
    ['10-Q - TERN ISLAND (0000000042) ()', 'TERN ISLAND', '0000000042', ''],
    [
      '10-Q - TERN ISLAND (0000000042) (Filer (co-registrant, 2))',
      'TERN ISLAND',
      '0000000042',
      'Filer (co-registrant, 2)',
    ],
    ['10-Q - TERN ISLAND (1234567) (Filer)', 'TERN ISLAND', '0001234567', 'Filer'],
    ['10-Q - TERN (2025) (Filer)', 'TERN (2025)', '', 'Filer'],
    ['10-Q - TERN ISLAND (Filed by)', 'TERN ISLAND', '', 'Filed by'],
    ['10-Q - TERN ISLAND (Holdings)', 'TERN ISLAND (Holdings)', '', ''],
    ['10-Q - TERN ISLAND', 'TERN ISLAND', '', ''],
    ['10-Q - (0000000042) (Filer)', '', '0000000042', 'Filer'],
    ['10-Q -  (0000000042) (Filer)', '', '0000000042', 'Filer'],
    ['(0000000042) (Filer)', '', '0000000042', 'Filer'],
    ['10-Q – TERN – B (0000000042) (Filer)', 'TERN – B', '0000000042', 'Filer'],
    ['10-Q: TERN ISLAND (0000000042) (Filer)', 'TERN ISLAND', '0000000042', 'Filer'],
    ['TERN ISLAND - SERIES B (0000000042) (Filer)', 'TERN ISLAND - SERIES B', '0000000042', 'Filer'],
    ['Tern - Series B (0000000042) (Filer)', 'Tern - Series B', '0000000042', 'Filer'],
    ['10-Q/A - TERN ISLAND (0000000042) (Filer)', 'TERN ISLAND', '0000000042', 'Filer'],
    ['', '', '', ''],
  ])('takes apart %j', (title, name, cik, role) => {
    expect(readTitle(title, '10-Q')).toEqual({ form: '10-Q', name, cik, role });
  });

  test.each([
    ['SCHEDULE 13D/A - TERN (0000000042) (Subject)', 'SCHEDULE 13D/A', 'TERN'],
    ['4 - TERN - A (0000000042) (Issuer)', '4', 'TERN - A'],
    ['1-A POS - TERN (0000000042) (Filer)', '1-A POS', 'TERN'],
    ['Tern - Series B (0000000042) (Filer)', '', 'Tern - Series B'],
    ['TERN (0000000042) (Filer)', '', 'TERN'],
  ])('takes the form from %j where there is no category', (title, form, name) => {
    expect(readTitle(title, '')).toMatchObject({ form, name, cik: '0000000042' });
  });

  test.each([
    ' (0000000042) ('.repeat(20_000),
    ' '.repeat(50_000),
    'A - '.repeat(20_000),
    '('.repeat(50_000),
    '&amp;'.repeat(20_000),
  ])('takes apart hostile text in less than a second (%#)', (text) => {
    const spent = computingMs(() => {
      readTitle(`8-K - ${text}`, '8-K');
      readTitle(text, '');
    });
    expect(spent).toBeLessThan(1000);
  });
});
