import { describe, expect, test } from 'vitest';
import { EdgarClient, knownForms, readForms, substitutedForms } from '../../src/edgar/index.ts';
import { resolveCrawlOptions } from '../../src/edgar/crawl/options.ts';
import { spellingKey } from '../../src/edgar/forms/spelling.ts';
import { hasRecordings, recordedForms } from '../support/recorded-edgar.ts';
import { USER_AGENT } from '../support/running-edgar.ts';

describe('a form is understood', () => {
  test.each([
    ['8-K', '8-K'],
    ['8k', '8-K'],
    [' 10 q ', '10-Q'],
    ['10\u2011K', '10-K'],
    ['20\u2013F', '20-F'],
    ['NT10-K', 'NT 10-K'],
    ['s3asr', 'S-3ASR'],
    ['424b2', '424B2'],
    ['DEF14A', 'DEF 14A'],
    ['pre 14-c', 'PRE 14C'],
    ['4', '4'],
    ['form 4', '4'],
    ['Form\u00A03', '3'],
    ['FORM-5', '5'],
    ['SEC Form 144', '144'],
    ['Form F-4', 'F-4'],
    ['forms 13F', '13F-HR'],
    ['13f-nt', '13F-NT'],
    ['N-PORT', 'NPORT-P'],
    ['13D', 'SCHEDULE 13D'],
    ['Sched. 13G', 'SCHEDULE 13G'],
    ['SC13D', 'SCHEDULE 13D'],
    ['schedule 14D-9', 'SC 14D9'],
    ['TO-T', 'SC TO-T'],
    ['14F-1', 'SC 14F1'],
    ['SC 14D1', 'SC TO-T'],
    ['424(b)(5)', '424B5'],
    ['certnys', 'CERTNYS'],
    ['15F-12G', '15F-12G'],
  ])('%j as %s, and so is its amendment', (name, form) => {
    expect(readForms([name])).toEqual([form]);
    expect(readForms([`${name}/A`])).toEqual([`${form}/A`]);
  });

  test.each([
    ['8-KA', '8-K/A'],
    ['10-K A', '10-K/A'],
    ['S-1 /a', 'S-1/A'],
    ['13DA', 'SCHEDULE 13D/A'],
    ['Form 4/A', '4/A'],
  ])('%j as the amendment %s', (name, form) => {
    expect(readForms([name])).toEqual([form]);
  });

  test('by the slash, where only that tells an amendment from another form', () => {
    expect(readForms(['1-A', '1/A', '1-A/A', 'N-1A'])).toEqual(['1-A', '1/A', '1-A/A', 'N-1A']);
  });

  test('once, however often and in whatever words it is named', () => {
    expect(readForms(['10K', '8-K', '10-k', 'Form 10-K'])).toEqual(['10-K', '8-K']);
  });

  test('as it is after an equals sign, whether anybody knows it or not', () => {
    expect(readForms(['=10-ZZ', '= sc  13d/a', '=8-K'])).toEqual(['10-ZZ', 'SC 13D/A', '8-K']);
  });
});

describe('a list that was read', () => {
  test('is read again as it is, names after an equals sign included', () => {
    const forms = readForms(['=sc 13d', '13D', '=10-zz', '8k']);
    expect(forms).toEqual(['SC 13D', 'SCHEDULE 13D', '10-ZZ', '8-K']);
    expect(readForms(readForms(forms))).toEqual(forms);
    expect(resolveCrawlOptions({ client: new EdgarClient({ userAgent: USER_AGENT }), forms }).forms).toEqual(forms);
  });

  test('cannot be changed into something that nobody has read', () => {
    expect(() => Object.assign(readForms(['8-K']), ['9-K'])).toThrow(TypeError);
  });

  test('tells which names were read as forms of another name', () => {
    const forms = readForms(['10k', 'Form 4', '13F', ' SC 13G/A ', '=SC 13D', 'N-MFP']);
    expect(substitutedForms(forms)).toEqual([
      { name: '13F', form: '13F-HR' },
      { name: 'SC 13G/A', form: 'SCHEDULE 13G/A' },
      { name: 'N-MFP', form: 'N-MFP3' },
    ]);
    expect(substitutedForms(readForms(forms))).toEqual(substitutedForms(forms));
    expect(substitutedForms(readForms(['13F', '*']))).toEqual([]);
    expect(substitutedForms(['13F'])).toEqual([]);
  });
});

test.each([[['*']], [['all']], [['8-K', 'ALL']], [[]]])('%j are all forms', (names) => {
  expect(readForms(names)).toEqual([]);
});

describe('a name that is no form', () => {
  const refusalOf = (...names: readonly string[]): string => {
    try {
      return `understood: ${readForms(names).join(', ')}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  test.each([
    ['8-L', ['8-K (current report)']],
    ['10-L/A', ['10-K/A (amended annual report)']],
    ['N-CENN', ['N-CEN (annual report of a fund)']],
    ['13X', ['13F-HR', 'SCHEDULE 13D', 'SCHEDULE 13G']],
    ['SC TO', ['SC TO-I', 'SC TO-T', 'SC TO-C']],
    ['485', ['485BPOS', '485APOS', '485BXT']],
    ['424', ['424B2', '424B3', '424B4', '424B5']],
    ['424B/A', ['424B2/A', '424B5/A']],
    ['Schedule 14A', ['DEF 14A (proxy statement)', 'PRE 14A', 'DEFA14A']],
    ['Sched. 14C', ['DEF 14C (information statement)']],
    ['10-KSB', ['10-K (annual report)']],
    ['form 10ksb40/A', ['10-K/A (amended annual report)']],
    ['10-QSB', ['10-Q (quarterly report)']],
    ['10-K405', ['10-K (annual report)']],
    ['SB-2', ['S-1 (registration of securities)']],
    ['NSAR-B', ['N-CEN (annual report of a fund)']],
    ['UPLOAD/A', ['UPLOAD (letter from the SEC)']],
    ['SEC Staff/A', ['SEC STAFF (decision']],
    ['ATS-N/MA/A', ['ATS-N/MA (notice']],
    ['15', ['15-12B', '15-12G', '15-15D']],
    ['14A', ['DEF 14A', 'PRE 14A']],
    ['8-K;10-K', ['8-K', '10-K']],
    ['8-K/A/A', ['8-K/A']],
    ['"8-K"', ['8-K']],
  ])('(%s) is refused with the nearest: %j', (name, nearest) => {
    const message = refusalOf(name);
    expect(message).toContain(`${JSON.stringify(name)} is no form of EDGAR. The nearest are `);
    for (const form of nearest) expect(message).toContain(form);
    expect(message).toContain('with an equals sign before its name');
  });

  test.each(['', '  ', '=', 'form', '?', 'annual report', 'constructor', '__proto__', '/A', 'x'.repeat(5000)])(
    '(%.20j) is refused, though nothing may be near it',
    (name) => {
      expect(refusalOf(name)).toMatch(/is no form of EDGAR\. .{20,400}$/);
    },
  );

  test('is refused with its successor alone, if it is no longer taken, and is to be had with an equals sign', () => {
    expect(refusalOf('10-KSB')).toMatch(/The nearest are 10-K \(annual report\)\. /);
    expect(readForms(['=10-ksb'])).toEqual(['10-KSB']);
  });

  test('is named together with all others', () => {
    expect(refusalOf('8-K', '11-Q', 'X-99')).toMatch(/"11-Q" is no form.*"X-99" is no form/);
  });

  test('is refused by a crawl, which understands the same names', () => {
    const client = new EdgarClient({ userAgent: USER_AGENT });
    expect(resolveCrawlOptions({ client, forms: ['13d', '=NEW'] }).forms).toEqual(['SCHEDULE 13D', 'NEW']);
    expect(() => resolveCrawlOptions({ client, forms: ['8-L'] })).toThrow(
      expect.objectContaining({ code: 'SEEN_CONFIG', message: expect.stringContaining('8-K') }),
    );
  });
});

describe('the list of forms', () => {
  test('has each form once, also where only spaces, dashes and dots tell two apart', () => {
    const keys = [...knownForms.keys()].map(spellingKey);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test('has names as EDGAR writes them, and an amendment only by the form that it amends', () => {
    const odd = [...knownForms.keys()].filter((form) => !/^[A-Z0-9][A-Z0-9 /-]*$/.test(form) || form.endsWith('/A'));
    expect(odd).toEqual([]);
  });

  const retired = ['10-K405', '10-KSB', '10-QSB', 'SB-1', 'SB-2'];

  test('reads every form that is still taken as itself, or as the one that says the same now', () => {
    const taken = [...knownForms.keys()].filter((form) => !retired.includes(form));
    const changed = taken.filter((form) => readForms([form])[0] !== form);
    expect(changed).toEqual(['SC 13D', 'SC 13G', 'SC 13E4', 'SC 14D1', 'N-MFP', 'N-MFP1', 'N-MFP2']);
    for (const form of changed) expect(knownForms.has(readForms([form])[0] ?? '')).toBe(true);
  });

  test.skipIf(!hasRecordings)('knows every form of the recorded feeds and of the daily index', () => {
    const forms = recordedForms();
    expect(forms.size).toBeGreaterThan(150);
    expect([...forms].filter((form) => !knownForms.has(form.replace(/\/A$/, '')))).toEqual([]);
    expect(() => readForms([...forms])).not.toThrow();
  });
});
