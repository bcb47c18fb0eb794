import type { Filing } from 'sapphire-plugin-seen/edgar';

/** An 8-K as the feed gives it; `changes` replaces any part of it. */
export function filing(changes: Partial<Filing> = {}): Filing {
  const link = 'https://www.sec.gov/Archives/edgar/data/1234567/000123456724000123/0001234567-24-000123-index.htm';
  return {
    accession: '0001234567-24-000123',
    form: '8-K',
    forms: ['8-K'],
    parties: [{ name: 'ACME CORP', cik: '0001234567', role: 'Filer' }],
    filedOn: '2024-11-05',
    acceptedAt: new Date('2024-11-05T21:05:00Z'),
    size: '4 MB',
    items: [
      { code: '2.02', title: 'Results of Operations and Financial Condition' },
      { code: '9.01', title: 'Financial Statements and Exhibits' },
    ],
    link,
    links: [link],
    atomId: 'urn:tag:sec.gov,2008:accession-number=0001234567-24-000123',
    partial: false,
    ...changes,
  };
}

export const insider = { name: 'Doe Jane M', cik: '0007654321', role: 'Reporting' };
export const issuer = { name: 'ACME CORP', cik: '0001234567', role: 'Issuer' };
