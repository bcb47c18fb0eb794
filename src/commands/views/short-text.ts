import { escapeMarkup } from '../escape-markup.ts';

/**
 * Shows foreign text on one line, without markup, and never empty: Discord refuses an empty field.
 *
 * @param length Characters of the result, at most. Escaping makes a text twice as long at most.
 */
export function shortText(text: string, length: number): string {
  const line = text.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
  const short = line.length > length / 2 ? `${line.slice(0, length / 2 - 1).toWellFormed()}…` : line;
  return short === '' ? '—' : escapeMarkup(short);
}
