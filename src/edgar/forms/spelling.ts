import { amendmentOf } from './amendments.ts';
import { knownForms } from './known-forms.ts';
import { RETIRED_FORMS } from './retired-forms.ts';

/** Forms that EDGAR no longer takes, and those that say the same now. */
const SUCCESSORS: Readonly<Record<string, string>> = {
  'SC 13D': 'SCHEDULE 13D',
  'SC 13G': 'SCHEDULE 13G',
  'SC 13E4': 'SC TO-I',
  'SC 14D1': 'SC TO-T',
  'N-MFP': 'N-MFP3',
  'N-MFP1': 'N-MFP3',
  'N-MFP2': 'N-MFP3',
};

/** Names that people give a form, where these are no spelling of its own. */
const NICKNAMES: Readonly<Record<string, string>> = {
  '13F': '13F-HR',
  NPORT: 'NPORT-P',
  '17A5': 'X-17A-5',
};

/**
 * Reduces a name to what its spellings have in common: capitals without spaces, dashes, dots, parentheses, and the word
 * "form". The slash stays, since `1/A` amends form 1, and `1-A` is a form of its own.
 */
export function spellingKey(name: string): string {
  const letters = name
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s\p{Pd}\p{Cf}\u2212_.()]/gu, '');
  return letters.replace(/^(?:SEC)?FORMS?(?=.)/, '');
}

/** The form of each spelling. A schedule is also known without the word, however that is written. */
export const formsBySpelling: ReadonlyMap<string, string> = new Map([
  ...[...knownForms.keys()].filter((form) => !(form in RETIRED_FORMS)).flatMap(spellingsOf),
  ...Object.entries(NICKNAMES),
]);

/** Finds the form that a name stands for, an amendment included; undefined where it stands for none. */
export function findForm(name: string): string | undefined {
  const key = spellingKey(name);
  const form = formsBySpelling.get(key);
  if (form !== undefined) return form;
  // `8-K/A`, and also `8-KA` or `8-K A`.
  const amended = /^(.+?)\/?A$/.exec(key)?.[1];
  const base = amended === undefined ? undefined : formsBySpelling.get(amended);
  return base === undefined ? undefined : amendmentOf(base);
}

function spellingsOf(form: string): [spelling: string, form: string][] {
  const current = SUCCESSORS[form] ?? form;
  const key = spellingKey(form);
  const number = /^(?:SC|SCHEDULE)(?=[\dT])(.+)$/.exec(key)?.[1];
  const keys = number === undefined ? [key] : ['SC', 'SCH', 'SCHED', 'SCHEDULE', ''].map((word) => word + number);
  return keys.map((spelling) => [spelling, current]);
}
