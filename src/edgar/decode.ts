import { EdgarMalformedPageError } from './errors.ts';

/** The encoding that the feed declares; also used for a page that declares none. */
const FEED_ENCODING = 'iso-8859-1';

const DECLARATION_BYTES = 200;

/**
 * Decodes a page from the encoding that its XML declaration names.
 *
 * @throws {EdgarMalformedPageError} for an encoding that does not exist.
 */
export function decodePage(body: Uint8Array): string {
  const encoding = declaredEncoding(body);
  try {
    return new TextDecoder(encoding).decode(body);
  } catch (cause) {
    throw new EdgarMalformedPageError(`The page declares the unknown encoding "${encoding}".`, { cause });
  }
}

function declaredEncoding(body: Uint8Array): string {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8';
  const start = new TextDecoder('latin1').decode(body.subarray(0, DECLARATION_BYTES));
  return /^\s*<\?xml[^>]*?\bencoding\s*=\s*["']([^"']+)["']/.exec(start)?.[1] ?? FEED_ENCODING;
}
