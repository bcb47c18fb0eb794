import { escapeMarkup } from 'sapphire-plugin-seen';
import { cleanLine, cleanText } from '../text/clean.ts';
import { head } from '../text/clip.ts';

/** Makes one line of somebody else's text, at most `length` code units long, that Discord shows as it is. */
export function plainLine(text: string, length: number): string {
  return clipEscaped(escapeMarkup(cleanLine(text)), length);
}

/** Makes paragraphs of somebody else's text, at most `length` code units long, that Discord shows as they are. */
export function plainText(text: string, length: number): string {
  return clipEscaped(escapeMarkup(cleanText(text)), length);
}

/** Cuts neither a surrogate pair nor an escape in half: half an escape would escape what comes after it. */
function clipEscaped(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = head(text, length - 1);
  const backslashes = /\\*$/.exec(cut)?.[0].length ?? 0;
  return `${(backslashes % 2 === 1 ? cut.slice(0, -1) : cut).trimEnd()}…`;
}
