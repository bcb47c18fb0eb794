/** Characters with a meaning wherever they stand: emphasis, code, spoilers, links, mentions, timestamps, emoji. */
const ANYWHERE = /[\\*_~`|<>[\]@]/g;

/** A colon that makes a link of `https://…` or an emoji of `:smile:`. */
const COLON = /:(?=\S)/g;

/** Marks with a meaning at the beginning of a line, before a space: headings, subtext, lists. `>` and `*` are above. */
const AT_LINE_START = /^( *)([#+-])(?=[#\s])/gm;
const NUMBERED = /^( *\d+)([.)])(?=\s)/gm;

/**
 * Escapes somebody else's text, such as a title from a feed, so that Discord shows it as it is.
 *
 * discord.js's `escapeMarkdown` leaves out mentions and, by default, masked links; it escapes nothing inside what looks
 * like a URL, and takes quadratic time on long runs. Discord drops a backslash before any punctuation, so each mark
 * gets one here. The result is at most twice as long: cut the text before, as half an escape escapes what comes after
 * it.
 *
 * @example
 * message = (item: News) => ({ embeds: [{ title: escapeMarkup(item.title), url: item.link }] });
 */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll(ANYWHERE, String.raw`\$&`)
    .replaceAll(COLON, String.raw`\:`)
    .replaceAll(AT_LINE_START, String.raw`$1\$2`)
    .replaceAll(NUMBERED, String.raw`$1\$2`);
}
