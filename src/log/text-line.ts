import { clipped } from './clipped.ts';
import { valueText } from './value-text.ts';

/** Characters of an event's name that are shown, at most: a feed may log in its own words. */
const MAX_EVENT = 1000;

/** Characters that end a line, command a terminal, or are not seen. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text that can be told from what is around it without quotation marks. */
const PLAIN = /^[^\s"'`=\\]+$/u;

/**
 * Makes one line of an event, in the manner of logfmt: `feed_cycle_finished feed=news posted=2`.
 *
 * Values come from the internet, and must neither begin a line of their own nor command the terminal.
 */
export function textLine(event: string, fields: object = {}): string {
  const shown = Object.keys(fields).map((name) => [name, read(fields, name)] as const);
  const pairs = shown
    .filter(([, text]) => text !== undefined)
    .map(([name, text = '']) => `${nameText(name)}=${quoted(text)}`);
  return [printable(clipped(event, MAX_EVENT)), ...pairs].join(' ');
}

/** A field that cannot be read takes nothing else out of the line. */
function read(fields: object, name: string): string | undefined {
  try {
    return valueText(Reflect.get(fields, name));
  } catch (error) {
    return `[unreadable: ${error instanceof Error ? error.message : typeof error}]`;
  }
}

function nameText(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '_');
}

function quoted(text: string): string {
  if (PLAIN.test(text) && text.search(UNPRINTABLE) === -1) return text;
  return `"${printable(text.replaceAll(/["\\]/g, String.raw`\$&`))}"`;
}

function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, escaped);
}

function escaped(character: string): string {
  if (character === '\n') return String.raw`\n`;
  if (character === '\r') return String.raw`\r`;
  if (character === '\t') return String.raw`\t`;
  const code = (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
  return code.length > 4 ? `\\u{${code}}` : `\\u${code}`;
}
