import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { reasonOf } from '../store/errors.ts';
import { EdgarMalformedPageError, EdgarTruncatedPageError } from './errors.ts';

const REPEATABLE: ReadonlySet<string> = new Set(['entry', 'link', 'category']);

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  // Every value is text: "007" must not become 7.
  parseTagValue: false,
  // Without it `&#233;` stays as it is.
  htmlEntities: true,
  isArray: (name) => REPEATABLE.has(name),
});

/**
 * Makes sure that a page is well-formed, which the parser does not.
 *
 * @throws {EdgarTruncatedPageError} for a feed that ends in the middle.
 * @throws {EdgarMalformedPageError} for anything else that is not well-formed.
 */
export function requireWellFormed(text: string): void {
  withPageErrors(text, () => {
    const verdict = XMLValidator.validate(text);
    if (verdict !== true) throw new Error(`line ${verdict.err.line}: ${verdict.err.msg.slice(0, 200)}`);
  });
}

/**
 * Parses a well-formed page into nested objects: an element is a field, an attribute is a field that begins with `@`.
 *
 * @throws {EdgarMalformedPageError} for a page that the parser refuses nonetheless.
 */
export function parseXml(text: string): object {
  return withPageErrors(text, (): object => parser.parse(text));
}

function withPageErrors<Result>(text: string, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    if (isCutOff(text)) {
      throw new EdgarTruncatedPageError(`The page ends in the middle, after ${text.length} characters.`, { cause });
    }
    throw new EdgarMalformedPageError(`The page is not well-formed XML: ${reasonOf(cause)}`, { cause });
  }
}

/** Returns a field of whatever was parsed; `undefined` where there is none. */
export function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

/** Returns the text of a child element, with or without attributes; '' where there is none. */
export function textOf(element: unknown, name: string): string {
  const child = fieldOf(element, name);
  const text = isObject(child) ? child['#text'] : child;
  return typeof text === 'string' ? text : '';
}

/** Returns an attribute of the first child element of a repeatable name; '' where there is none. */
export function attributeOf(element: unknown, name: string, attribute: string): string {
  const children = fieldOf(element, name);
  const value = Array.isArray(children) ? fieldOf(children[0], `@${attribute}`) : undefined;
  return typeof value === 'string' ? value : '';
}

function isCutOff(text: string): boolean {
  return /<feed\b/.test(text) && !/<\/feed\s*>\s*$/.test(text.slice(-100));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
