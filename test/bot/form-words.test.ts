import { knownForms } from 'sapphire-plugin-seen/edgar';
import { describe, expect, it } from 'vitest';
import { describeForm, nameOfForm } from '../../src/bot/filing/forms.ts';
import { hasRecordings, recordedForms } from '../support/recorded-edgar.ts';

describe('describeForm', () => {
  it.each([
    ['F-X', 'appointment of an agent of a foreign issuer for service of process', 'notice'],
    ['F-N', 'appointment of an agent of a foreign bank or insurer for service of process', 'notice'],
    ['F-6 POS', 'registration of depositary shares', 'offering'],
    ['F-10', 'registration of securities of a Canadian issuer', 'offering'],
    ['S-6/A', 'registration of a unit trust', 'fund'],
    ['S-1MEF', 'registration of additional securities', 'offering'],
    ['SF-3/A', 'shelf registration of asset-backed securities', 'offering'],
    ['CERTNYS', 'certification of an exchange listing', 'notice'],
    ['CERTBATS', 'certification of an exchange listing', 'notice'],
    ['DRS', 'draft registration for confidential review', 'offering'],
    ['DRS/A', 'draft registration for confidential review', 'offering'],
    ['DRSLTR', 'letter on a draft registration', 'offering'],
    ['15F-12B', 'end of registration of a foreign issuer', 'notice'],
    ['15F-15D/A', 'end of the duty to report of a foreign issuer', 'notice'],
    ['SC 14F1', 'notice of a change in the majority of directors', 'proxy'],
    ['SC TO-I/A', "tender offer for the company's own shares", 'deal'],
    ['DSTRBRPT', 'report of an international development bank on obligations that it sells', 'report'],
    ['SBSE-A/A', 'registration of a security-based swap dealer', 'notice'],
    ['N-23C3A', 'notice of a repurchase offer of a fund', 'fund'],
    ['MA-I', 'notice of a person who works for a municipal adviser', 'other'],
    ['CT ORDER', 'order on confidential treatment', 'notice'],
  ])('describes the form %j as %j', (form, words, family) => {
    expect(describeForm(form)).toEqual({ words, family, amended: form.endsWith('/A') });
  });

  it.each([
    ['CERTNEW', 'certification of an exchange listing'],
    ['424B19', 'prospectus'],
    ['NT 99-K', 'notice of a late report'],
    ['N-MFP9', 'monthly report of a money market fund'],
    ['SCHEDULE 13D-1/A', 'stake of more than 5 %, with intent'],
  ])('describes the new form %j by its kind', (form, words) => {
    expect(describeForm(form).words).toBe(words);
  });

  it.each(['S-99', 'F-99', 'N-99', 'POS', 'SC 15X', 'FORM', '4X', 'MAX', '__proto__', ' '])(
    'does not pretend to know the form %j',
    (form) => {
      expect(describeForm(form)).toEqual({ words: 'filing', family: 'other', amended: false });
    },
  );

  it('has words for every known form, short enough for the headline of a post', () => {
    const words = [...knownForms.keys()].map((form) => describeForm(form).words);
    expect(words.filter((text) => text === 'filing' || text.length > 90 || /^[A-Z]/.test(text))).toEqual([]);
  });

  it.skipIf(!hasRecordings)('has words for every form of the recorded feeds', () => {
    expect([...recordedForms()].filter((form) => describeForm(form).words === 'filing')).toEqual([]);
  });
});

it.each([
  ['4', 'Form 4'],
  ['144/A', 'Form 144/A'],
  ['D', 'Form D'],
  ['8-K', '8-K'],
  ['F-X', 'F-X'],
  ['', ''],
])('nameOfForm names the form %j as %j', (form, name) => {
  expect(nameOfForm(form)).toBe(name);
});
