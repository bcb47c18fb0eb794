import type { Party } from 'sapphire-plugin-seen/edgar';
import { describe, expect, it } from 'vitest';
import { summariseFiling } from '../../src/bot/enrich/from-filing.ts';
import { describeForm } from '../../src/bot/filing/forms.ts';
import { filing, insider, issuer } from '../support/filings.ts';

describe('a summary from the filing itself', () => {
  it('says in words what an 8-K reports', () => {
    expect(summariseFiling(filing())).toEqual({
      headline: '8-K: current report',
      body: 'ACME CORP reports financial results.',
      points: [],
      source: 'filing',
    });
  });

  it('names several events, keeps the titles of unknown ones, and repeats none', () => {
    const items = [
      { code: '5.02', title: 'Departure of Directors' },
      { code: '1.01', title: 'Entry into an Agreement' },
      { code: '10.99', title: 'Something new' },
      { code: 'constructor', title: 'Odd' },
      { code: '1.01', title: 'Entry into an Agreement' },
    ];
    expect(summariseFiling(filing({ form: '8-K/A', items }))).toMatchObject({
      headline: '8-K/A: amended current report',
      body: 'ACME CORP reports a change of directors or officers, a new material agreement, Something new and Odd.',
    });
  });

  it('mentions exhibits only where there is nothing else', () => {
    const items = [{ code: '9.01', title: 'Financial Statements and Exhibits' }];
    expect(summariseFiling(filing({ items })).body).toBe('ACME CORP reports financial statements and exhibits.');
    expect(summariseFiling(filing({ items: [] })).body).toBe('Filed by ACME CORP.');
  });

  it('says who files about whom', () => {
    expect(summariseFiling(filing({ form: '4', parties: [insider, issuer], items: [] }))).toMatchObject({
      headline: 'Form 4: change in insider ownership',
      body: 'Filed by Doe Jane M (reporting person) about ACME CORP (issuer).',
    });
    const parties = [
      { name: 'TARGET INC', cik: '1', role: 'Subject' },
      ...['A', 'B', 'C', 'D'].map((name) => ({ name, cik: name, role: 'Filed by' })),
    ];
    expect(summariseFiling(filing({ form: 'SCHEDULE 13D/A', parties, items: [] }))).toMatchObject({
      headline: 'SCHEDULE 13D/A: amended stake of more than 5 %, with intent',
      body: 'Filed by A, B, C and 1 more about TARGET INC (subject company).',
    });
  });

  it('takes items for events in an 8-K only', () => {
    const items = [{ code: '1.01', title: 'Not an event of an 8-K' }];
    expect(summariseFiling(filing({ form: '1-U', items })).body).toBe('Filed by ACME CORP.');
  });

  it('says that the feed names no party', () => {
    expect(summariseFiling(filing({ parties: [] })).body).toBe('The feed names no party of this filing.');
    const nobody = { name: '', cik: '', role: '' };
    expect(summariseFiling(filing({ parties: [nobody] })).body).toBe('The feed names no party of this filing.');
  });

  const unnamed = { name: '', cik: '', role: '' };

  it.each([
    [
      'a party by its CIK',
      [{ ...insider, name: '' }, issuer],
      'Filed by CIK 0007654321 (reporting person) about ACME CORP (issuer).',
    ],
    [
      'a party by its role',
      [{ ...insider, name: '', cik: '' }, issuer],
      'Filed by an unnamed party (reporting person) about ACME CORP (issuer).',
    ],
    ['a party without a role', [{ ...issuer, role: '' }], 'Filed by ACME CORP.'],
    ['a filer by its role alone', [{ ...unnamed, role: 'Filer' }], 'Filed by an unnamed party.'],
    ['an issuer alone, without a name', [{ ...issuer, name: ' \u200b' }], 'Filed about CIK 0001234567 (issuer).'],
    ['nobody beside a party', [unnamed, { ...issuer, role: 'Filer' }], 'Filed by ACME CORP.'],
    ['a party whose role is blank', [{ ...issuer, role: ' ' }], 'Filed by ACME CORP.'],
  ])('names %s', (_, parties, body) => {
    expect(summariseFiling(filing({ form: '4', parties, items: [] })).body).toBe(body);
  });

  it('says what an 8-K reports also where the company has no name', () => {
    const body = (party: Partial<Party>): string =>
      summariseFiling(filing({ parties: [{ ...issuer, ...party }] })).body;
    expect(body({ name: '' })).toBe('CIK 0001234567 reports financial results.');
    expect(body({ name: '', cik: '' })).toBe('An unnamed company reports financial results.');
  });

  it.each(['', ' ', '\u200b'])('says that the feed names no form: %j', (form) => {
    expect(summariseFiling(filing({ form, items: [] }))).toMatchObject({
      headline: 'A filing whose form the feed does not name',
      body: 'Filed by ACME CORP.',
    });
  });
});

describe('describeForm', () => {
  it.each([
    ['10-K', 'annual report', 'report'],
    ['10-Q/A', 'quarterly report', 'report'],
    ['6-K', 'report of a foreign issuer', 'event'],
    ['SCHEDULE 13G/A', 'passive stake of more than 5 %', 'stake'],
    ['SC 13D', 'stake of more than 5 %, with intent', 'stake'],
    ['424B2', 'prospectus', 'offering'],
    ['425', 'communication about a merger', 'deal'],
    ['S-8 POS', 'registration of securities for employees', 'offering'],
    ['POS AM', 'amendment of an effective registration', 'offering'],
    ['497K', 'prospectus of a fund', 'fund'],
    ['NT 10-Q', 'notice of a late quarterly report', 'report'],
    ['NT-NCEN', 'notice of a late report', 'report'],
    ['D/A', 'offering exempt from registration', 'offering'],
    ['NOBODY KNOWS', 'filing', 'other'],
    ['', 'filing', 'other'],
  ])('describes the form %j as %j', (form, words, family) => {
    expect(describeForm(form)).toEqual({ words, family, amended: form.endsWith('/A') });
  });
});
