import type { Party } from 'sapphire-plugin-seen/edgar';
import { cleanLine } from '../text/clean.ts';

/** Roles by how much a reader looks for them: the issuer of a Form 4 comes before the insider who filed it. */
const ABOUT_FIRST = [
  'Issuer',
  'Subject',
  'Issuing Entity',
  'Filer',
  'Depositor',
  'Securitizer',
  'Filed by',
  'Reporting',
] as const;

const ROLES: Readonly<Record<string, string>> = {
  'Filed by': 'filed by',
  Reporting: 'reporting person',
  Subject: 'subject company',
};

/** Names a party by its CIK where the feed gives no name; '' where it gives neither. */
export function nameOfParty({ name, cik }: Party): string {
  const number = cleanLine(cik);
  return cleanLine(name) || (number === '' ? '' : `CIK ${number}`);
}

/** Leaves out the parties of which the feed says nothing at all. */
export function toldParties(parties: readonly Party[]): Party[] {
  return parties.filter((party) => nameOfParty(party) !== '' || roleInWords(party.role) !== '');
}

/** Finds the party that a reader looks for: one that has a name, if there is one. */
export function mainParty(parties: readonly Party[]): Party | undefined {
  const named = parties.filter((party) => nameOfParty(party) !== '');
  return (named.length > 0 ? named : parties).toSorted((a, b) => rank(a) - rank(b))[0];
}

function rank({ role }: Party): number {
  const place = ABOUT_FIRST.findIndex((known) => known === role);
  return place === -1 ? ABOUT_FIRST.length : place;
}

/** Tells what a party does in a filing; '' where the feed does not tell. */
export function roleInWords(role: string): string {
  return Object.hasOwn(ROLES, role) ? (ROLES[role] ?? role) : cleanLine(role).toLowerCase();
}

/** Makes `A, B and 3 more`: a filing has up to 85 parties, and a sentence has room for a few. */
export function listInWords(words: readonly string[], most = 3): string {
  const shown = words.slice(0, most);
  const rest = words.length - shown.length;
  const parts = rest > 0 ? [...shown, `${rest} more`] : shown;
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
