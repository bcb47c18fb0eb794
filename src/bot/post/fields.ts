import type { APIEmbedField } from 'discord.js';
import type { Filing } from 'sapphire-plugin-seen/edgar';
import { roleInWords } from '../filing/parties.ts';
import { plainLine } from './markdown.ts';

/** Limits that keep every field within the 1024 code units that Discord allows. */
const MAX_LINES = 8;
const MAX = { code: 12, title: 100, name: 100, role: 20 } as const;

/** Lists the events and the parties of a filing. Empty fields are left out, as Discord refuses them. */
export function filingFields(filing: Filing): APIEmbedField[] {
  const items = field('Items', filing.items, ({ code, title }) => {
    return `**${plainLine(code, MAX.code)}** ${plainLine(title, MAX.title)}`;
  });
  const parties = field(filing.parties.length === 1 ? 'Party' : 'Parties', filing.parties, ({ name, role }) => {
    return `${plainLine(name, MAX.name)} · ${plainLine(roleInWords(role), MAX.role)}`;
  });
  return [...items, ...parties];
}

function field<T>(name: string, values: readonly T[], toLine: (value: T) => string): APIEmbedField[] {
  if (values.length === 0) return [];
  const lines = values.slice(0, MAX_LINES).map(toLine);
  const rest = values.length - lines.length;
  return [{ name, value: [...lines, ...(rest > 0 ? [`+${rest} more`] : [])].join('\n') }];
}
