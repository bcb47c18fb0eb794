import { reasonOf } from '../../store/errors.ts';
import { EdgarMalformedPageError, EdgarTruncatedPageError } from '../errors.ts';
import { XMLParser, XMLValidator } from './xml.ts';

const parser = new XMLParser({ processEntities: false });

/**
 * Makes sure that a page without entries is a feed that has none, and neither one that was cut off nor a damaged one.
 *
 * @throws {EdgarTruncatedPageError} for a feed that ends in the middle.
 * @throws {EdgarMalformedPageError} for anything else that is not well-formed.
 */
export function requireEmptyFeed(text: string): void {
  try {
    const verdict = XMLValidator.validate(text);
    if (verdict !== true) throw new Error(`line ${verdict.err.line}: ${verdict.err.msg.slice(0, 200)}`);
    parser.parse(text);
  } catch (cause) {
    if (isCutOff(text)) {
      throw new EdgarTruncatedPageError(`The page ends in the middle, after ${text.length} characters.`, { cause });
    }
    throw new EdgarMalformedPageError(`The page is not well-formed XML: ${reasonOf(cause)}`, { cause });
  }
}

function isCutOff(text: string): boolean {
  return !/<\/(?:[\w.-]+:)?feed\s*>\s*$/.test(text.slice(-100));
}
