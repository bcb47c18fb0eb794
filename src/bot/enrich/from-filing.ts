import type { Filing, Party } from 'sapphire-plugin-seen/edgar';
import { describeForm, nameOfForm } from '../filing/forms.ts';
import { eventsInWords } from '../filing/items.ts';
import { listInWords, mainParty, nameOfParty, roleInWords, toldParties } from '../filing/parties.ts';
import { cleanLine } from '../text/clean.ts';
import type { Summary } from './summary.ts';

/** Roles of parties that file about somebody else, and of those they file about. Any other role is both. */
const WRITERS = new Set(['Reporting', 'Filed by']);
const SUBJECTS = new Set(['Issuer', 'Subject']);

/** Roles that say only that somebody filed: a sentence that says so itself leaves them out. */
const FILERS = new Set(['Filer', 'Filed by']);

/**
 * Summarises a filing by what the feed says about it; the same filing always gives the same summary. Items and parties
 * are not listed: the post shows them in fields of its own.
 */
export function summariseFiling(filing: Filing): Summary {
  return { headline: headlineOf(filing.form), body: bodyOf(filing), points: [], source: 'filing' };
}

/** Makes `Form 4: change in insider ownership` or `8-K/A: amended current report`. */
function headlineOf(form: string): string {
  const { words, amended } = describeForm(form);
  if (cleanLine(form) === '') return 'A filing whose form the feed does not name';
  return `${nameOfForm(form)}: ${amended ? 'amended ' : ''}${words}`;
}

function bodyOf({ form, items, ...filing }: Filing): string {
  const parties = toldParties(filing.parties);
  const about = mainParty(parties);
  if (about === undefined) return 'The feed names no party of this filing.';
  const events = form.startsWith('8-K') ? eventsInWords(items) : [];
  if (events.length === 0) return partiesInWords(parties);
  return `${nameOfParty(about) || 'An unnamed company'} reports ${listInWords(events, 6)}.`;
}

/** Makes `Filed by Doe Jane (reporting person) about ACME CORP (issuer).` or `Filed by ACME CORP.` */
function partiesInWords(parties: readonly Party[]): string {
  const subjects = parties.filter(({ role }) => SUBJECTS.has(role));
  const named = parties.filter(({ role }) => WRITERS.has(role));
  const writers = named.length > 0 ? named : parties.filter((party) => !subjects.includes(party));
  const by = writers.length > 0 ? `Filed by ${peopleInWords(writers)}` : 'Filed';
  return subjects.length > 0 ? `${by} about ${peopleInWords(subjects)}.` : `${by}.`;
}

function peopleInWords(parties: readonly Party[]): string {
  return listInWords(parties.map(personInWords));
}

function personInWords(party: Party): string {
  const name = nameOfParty(party) || 'an unnamed party';
  const role = FILERS.has(party.role) ? '' : roleInWords(party.role);
  return role === '' ? name : `${name} (${role})`;
}
