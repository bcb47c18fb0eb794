/**
 * Forms that EDGAR no longer takes, and those that took their place. They are refused, and not read as these: `10-KSB`
 * was for small businesses alone, and `10-K` is for everybody.
 */
export const RETIRED_FORMS: Readonly<Record<string, string>> = {
  '10-K405': '10-K',
  '10-KT405': '10-KT',
  '10-KSB': '10-K',
  '10-KSB40': '10-K',
  '10-KTSB': '10-KT',
  '10-QSB': '10-Q',
  '10-SB': '10-12G',
  '10SB12B': '10-12B',
  '10SB12G': '10-12G',
  'SB-1': 'S-1',
  'SB-2': 'S-1',
  'SB-1MEF': 'S-1MEF',
  'SB-2MEF': 'S-1MEF',
  'N-SAR': 'N-CEN',
  'NSAR-A': 'N-CEN',
  'NSAR-B': 'N-CEN',
  'NSAR-U': 'N-CEN',
};
