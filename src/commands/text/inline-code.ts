/**
 * Shows a name as code. A backtick or a control character in it becomes an apostrophe.
 *
 * @param length Characters of the name that are shown, at most.
 */
export function inlineCode(name: string, length = 100): string {
  const short = name.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
  const text = short.toWellFormed().replaceAll(/[`\p{Cc}]/gu, "'");
  return `\`${text.trim() === '' ? '—' : text}\``;
}
