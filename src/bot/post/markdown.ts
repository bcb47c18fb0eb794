import { cleanLine, cleanText } from '../text/clean.ts';
import { head } from '../text/clip.ts';

/**
 * What means something to Discord wherever it stands: emphasis, code, spoilers, masked links, mentions, timestamps,
 * custom emoji.
 *
 * discord.js's `escapeMarkdown` leaves out masked links and mentions, escapes nothing inside what looks like a URL, and
 * takes quadratic time on long runs. Discord drops a backslash before any punctuation, so one is put before each.
 */
const ANYWHERE = /[\\*_~`|<>[\]@]/g;

/** What means something at the beginning of a line, before a space: headings, subtext, lists. `>` and `*` are above. */
const AT_LINE_START = /^( *)([#+-])(?=[#\s])/gm;
const NUMBERED = /^( *\d+)([.)])(?=\s)/gm;

/** `https://…` becomes a link and `:smile:` an emoji, unless the colon is escaped. */
const COLON = /:(?=\S)/g;

const escapeMarks = (text: string): string =>
  text
    .replaceAll(ANYWHERE, String.raw`\$&`)
    .replaceAll(COLON, String.raw`\:`)
    .replaceAll(AT_LINE_START, String.raw`$1\$2`)
    .replaceAll(NUMBERED, String.raw`$1\$2`);

/** Somebody else's text as one line of at most `length` code units that Discord shows as it is. */
export function plainLine(text: string, length: number): string {
  return clipEscaped(escapeMarks(cleanLine(text)), length);
}

/** The same with paragraphs. */
export function plainText(text: string, length: number): string {
  return clipEscaped(escapeMarks(cleanText(text)), length);
}

/** Cuts neither a surrogate pair nor an escape in half: half an escape would escape what comes after it. */
function clipEscaped(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = head(text, length - 1);
  const backslashes = /\\*$/.exec(cut)?.[0].length ?? 0;
  return `${(backslashes % 2 === 1 ? cut.slice(0, -1) : cut).trimEnd()}…`;
}
