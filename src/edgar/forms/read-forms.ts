import { SeenConfigError } from '../../store/errors.ts';
import { knownForms } from './known-forms.ts';
import { nearestForms } from './nearest-forms.ts';
import { findForm, spellingKey } from './spelling.ts';

const EVERY: ReadonlySet<string> = new Set(['*', 'ALL']);

/** A name of a form, as somebody wrote it, and the form that it was read as. */
export interface FormReading {
  readonly name: string;
  readonly form: string;
}

/** The lists that `readForms` has returned, and what each was read from. */
const readings = new WeakMap<readonly string[], readonly FormReading[]>();

/**
 * Reads names of forms as people write them, into the exact names that EDGAR lists.
 *
 * Small letters, spaces, dashes and the word "form" do not matter: `form 4`, `10k`, `8-K/a` and `DEF14A` are
 * understood, and so are `13F` (`13F-HR`) and `13D` (`SCHEDULE 13D`). The former name of a form stands for the present
 * one: `SC 13G` for `SCHEDULE 13G`. {@link substitutedForms} tells which names were read so. An amendment is a form of
 * its own: `10-K/A`. `*` and `ALL` stand for every form. With an equals sign before it, any name is taken as it is, as
 * for a form that is newer than this program: `=10-ZZ`.
 *
 * A list that this function has returned is returned as it is. A copy of it is read like any other list.
 *
 * @returns Each form once, in the order of the names; empty for every form.
 * @throws {SeenConfigError} naming each name that is no form, or one that nobody files any more, and the forms that are
 *   nearest to it.
 * @example
 * readForms(['10k', 'Form 4', '13D/A', '=10-ZZ']); // ['10-K', '4', 'SCHEDULE 13D/A', '10-ZZ']
 */
export function readForms(names: readonly string[]): readonly string[] {
  if (readings.has(names)) return names;
  const unknown = names.filter((name) => readName(name).length === 0);
  if (unknown.length > 0) throw unknownForms(unknown);
  const read = names.some(isEvery) ? [] : names.flatMap(readName);
  const forms = Object.freeze([...new Set(read.map(({ form }) => form))]);
  readings.set(forms, read);
  return forms;
}

/**
 * Lists the names that were read as a form of another name, and not only of another spelling: `13D` as `SCHEDULE 13D`.
 *
 * @param forms The list that `readForms` returned. Of any other list nothing is known.
 */
export function substitutedForms(forms: readonly string[]): readonly FormReading[] {
  const read = readings.get(forms) ?? [];
  return read.filter(({ name, form }) => spellingKey(name.replace(/^=/, '')) !== spellingKey(form));
}

/** Gives an empty list for a name that is no form. */
function readName(text: string): readonly FormReading[] {
  const name = text.trim();
  const form = isEvery(name) ? name : name.startsWith('=') ? exactName(name.slice(1)) : findForm(name);
  return form === undefined ? [] : [{ name, form }];
}

/** EDGAR's names are all in capitals. */
function exactName(text: string): string | undefined {
  return text.trim().toUpperCase().replaceAll(/\s+/g, ' ') || undefined;
}

function isEvery(name: string): boolean {
  return EVERY.has(name.trim().toUpperCase());
}

function unknownForms(names: readonly string[]): SeenConfigError {
  const hint = 'A form that is newer than this program is taken with an equals sign before its name, as in "=10-ZZ".';
  return new SeenConfigError(`${names.map(describeUnknown).join(' ')} ${hint}`);
}

function describeUnknown(name: string): string {
  const near = nearestForms(name).map((form) => `${form} (${wordsOf(form)})`);
  const hint =
    near.length > 0 ? `The nearest are ${near.join(', ')}.` : 'Forms are called 8-K, 10-Q, 4, SCHEDULE 13D/A.';
  return `${JSON.stringify(name.trim().slice(0, 40))} is no form of EDGAR. ${hint}`;
}

function wordsOf(form: string): string {
  const base = form.replace(/\/A$/, '');
  return `${base === form ? '' : 'amended '}${knownForms.get(base)?.words ?? 'form'}`;
}
