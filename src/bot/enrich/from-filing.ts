import type { Filing, Party } from 'sapphire-plugin-seen/edgar';
import { describeForm, nameOfForm } from '../filing/forms.ts';
import { eventsInWords } from '../filing/items.ts';
import { listInWords, mainParty, roleInWords } from '../filing/parties.ts';
import type { Summary } from './summary.ts';

/** Who wrote a filing about somebody else, and about whom. Every other role both writes it and is its subject. */
const WRITERS = new Set(['Reporting', 'Filed by']);
const SUBJECTS = new Set(['Issuer', 'Subject']);

/** Roles that say no more than that somebody filed. */
const FILING = new Set(['Filer', 'Filed by']);

/**
 * A summary from what the feed says about a filing: the same filing always gives the same one. Items and parties stand
 * in fields of the post, one by one.
 */
export function summariseFiling(filing: Filing): Summary {
  return { headline: headlineOf(filing.form), body: bodyOf(filing), points: [], source: 'filing' };
}

/** `Form 4: change in insider ownership`, `8-K/A: amended current report`. */
function headlineOf(form: string): string {
  const { words, amended } = describeForm(form);
  return `${nameOfForm(form)}: ${amended ? 'amended ' : ''}${words}`;
}

function bodyOf({ form, items, parties }: Filing): string {
  const about = mainParty(parties);
  if (about === undefined) return 'The feed names no party of this filing.';
  const events = form.startsWith('8-K') ? eventsInWords(items) : [];
  return events.length > 0 ? `${about.name} reports ${listInWords(events, 6)}.` : partiesInWords(parties);
}

/** `Filed by Doe Jane (reporting person) about ACME CORP (issuer).`, `Filed by ACME CORP.` */
function partiesInWords(parties: readonly Party[]): string {
  const subjects = parties.filter(({ role }) => SUBJECTS.has(role));
  const named = parties.filter(({ role }) => WRITERS.has(role));
  const writers = named.length > 0 ? named : parties.filter((party) => !subjects.includes(party));
  const by = writers.length > 0 ? `Filed by ${peopleInWords(writers)}` : 'Filed';
  return subjects.length > 0 ? `${by} about ${peopleInWords(subjects)}.` : `${by}.`;
}

function peopleInWords(parties: readonly Party[]): string {
  return listInWords(parties.map(({ name, role }) => (FILING.has(role) ? name : `${name} (${roleInWords(role)})`)));
}
