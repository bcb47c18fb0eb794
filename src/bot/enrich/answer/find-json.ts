import { head } from '../../text/clip.ts';
import { parseJson } from '../json.ts';
import { readLooseObject } from './loose-json.ts';

/** Bounds on the search, so that no text makes it slow. JSON with nothing around it is read at any length. */
const MAX = { searched: 50_000, objects: 20 } as const;

const FENCE = /(?:```|~~~)[a-z]{0,12}/gi;

/** The beginning of an object without its braces. */
const BARE_MEMBERS = /^\s*"\w{1,40}"\s*:/;

/**
 * Finds JSON in a text, the likeliest to be the answer first: the whole text, then the objects in it from the last to
 * the first, also those that only a person can read.
 *
 * @param options.whole False for a text that was cut off: only what is valid is read then.
 */
export function* jsonIn(text: string, { whole }: { readonly whole: boolean }): Generator {
  yield* parsed(text);
  const plain = text.replaceAll(FENCE, ' ').trim();
  yield* parsed(plain.slice(plain.search(/[{[]/), Math.max(plain.lastIndexOf('}'), plain.lastIndexOf(']')) + 1));
  const searched = withoutEscapes(plain.slice(-MAX.searched));
  const objects = objectsIn(BARE_MEMBERS.test(searched) ? `{${searched}` : searched);
  for (const { source, value } of objects.toReversed()) yield* whole ? [value] : parsed(source);
}

/** Tells whether a text tries to be JSON, valid or not. */
export function looksLikeJson(text: string): boolean {
  const searched = head(text, MAX.searched);
  return BARE_MEMBERS.test(searched) || /[{[]\s*["'“\\{]|^\s*[{[]|\{\s*\w{1,40}\s*:/.test(searched);
}

function* parsed(text: string): Generator {
  const value = parseJson(text);
  if (value !== undefined) yield value;
}

/** Takes a level of escapes away where JSON was written as if it stood in a string. */
function withoutEscapes(text: string): string {
  return /\{\s*\\"/.test(text) ? text.replaceAll(String.raw`\"`, '"').replaceAll(String.raw`\n`, '\n') : text;
}

function objectsIn(text: string): { readonly source: string; readonly value: unknown }[] {
  const objects: { source: string; value: unknown }[] = [];
  let from = text.indexOf('{');
  for (let tries = 0; from !== -1 && tries < MAX.objects; tries += 1) {
    const object = readLooseObject(text, from);
    if (object !== undefined) objects.push({ source: text.slice(from, object.end), value: object.value });
    from = text.indexOf('{', object?.end ?? from + 1);
  }
  return objects;
}
