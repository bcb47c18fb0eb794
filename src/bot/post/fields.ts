import type { APIEmbedField } from 'discord.js';
import type { Filing, FilingItem, Party } from 'sapphire-plugin-seen/edgar';
import { nameOfParty, roleInWords, toldParties } from '../filing/parties.ts';
import { plainLine } from './markdown.ts';

/** Limits that keep every field within the 1024 code units that Discord allows. */
const MAX_LINES = 8;
const MAX = { code: 12, title: 100, name: 100, role: 20 } as const;

/** Lists the events and the parties of a filing. Empty fields are left out, as Discord refuses them. */
export function filingFields(filing: Filing): APIEmbedField[] {
  const parties = toldParties(filing.parties).map(partyLine);
  return [...field('Items', filing.items.map(itemLine)), ...field(parties.length === 1 ? 'Party' : 'Parties', parties)];
}

/** Makes `**2.02** Results of Operations`, or what of it the feed gives. */
function itemLine({ code, title }: FilingItem): string {
  const number = plainLine(code, MAX.code);
  return `${number === '' ? '' : `**${number}** `}${plainLine(title, MAX.title)}`.trim();
}

/** Makes `ACME CORP · issuer`, or what of it the feed gives. */
function partyLine(party: Party): string {
  const name = plainLine(nameOfParty(party), MAX.name) || 'Unnamed';
  const role = plainLine(roleInWords(party.role), MAX.role);
  return role === '' ? name : `${name} · ${role}`;
}

function field(name: string, lines: readonly string[]): APIEmbedField[] {
  const told = lines.filter((line) => line !== '');
  if (told.length === 0) return [];
  const rest = told.length - MAX_LINES;
  return [{ name, value: [...told.slice(0, MAX_LINES), ...(rest > 0 ? [`+${rest} more`] : [])].join('\n') }];
}
