import { amendmentOf } from './amendments.ts';
import { RETIRED_FORMS } from './retired-forms.ts';
import { formsBySpelling, spellingKey } from './spelling.ts';

const MOST = 3;

/** The forms that people mean by names that are part of many, by spelling, and by those of retired forms. */
const MEANT: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['424', ['424B2', '424B3', '424B4', '424B5']],
  ['424B', ['424B2', '424B3', '424B4', '424B5']],
  ['14A', ['DEF 14A', 'PRE 14A', 'DEFA14A']],
  ['14C', ['DEF 14C', 'PRE 14C', 'DEFA14C']],
  ...Object.entries(RETIRED_FORMS).map(([form, successor]) => [spellingKey(form), [successor]] as const),
]);

/** Finds the forms whose names are most like a wrong one; none where nothing is like it. An amendment stays one. */
export function nearestForms(name: string): string[] {
  const [, wanted = '', amendment = ''] = /^(.*?)(\/A)?$/.exec(spellingKey(name).slice(0, 40)) ?? [];
  if (wanted === '') return [];
  const forms = MEANT.get(withoutSchedule(wanted)) ?? closestForms(wanted);
  return forms.map((form) => (amendment === '' ? form : (amendmentOf(form) ?? form)));
}

function withoutSchedule(key: string): string {
  return key.replace(/^(?:SCHEDULE|SCHED|SCH|SC)(?=\d)/, '');
}

function closestForms(wanted: string): string[] {
  const near = [...formsBySpelling]
    .map(([spelling, form]) => ({ form, distance: distanceBetween(wanted, spelling) }))
    .filter(({ distance }) => distance <= Math.max(1, wanted.length / 3))
    .toSorted((a, b) => a.distance - b.distance);
  return [...new Set(near.map(({ form }) => form))].slice(0, MOST);
}

/** Counts the edits between two spellings. What lacks a part is nearer than what differs: `485` may be `485BPOS`. */
function distanceBetween(wanted: string, spelling: string): number {
  if (spelling.startsWith(wanted)) return (spelling.length - wanted.length) / 10;
  const isPart = spelling.includes(wanted) || (spelling.length > 1 && wanted.includes(spelling));
  return isPart ? Math.abs(spelling.length - wanted.length) / 4 : editDistance(wanted, spelling);
}

/** The least number of letters to insert, delete or replace that turns one text into the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(a).entries()) {
    const next = [index + 1];
    for (let at = 1; at <= b.length; at += 1) {
      const replaced = (row[at - 1] ?? 0) + (b[at - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
