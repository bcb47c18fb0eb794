import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';

const DECLARATION_BYTES = 200;

/** Encodings whose pages are told apart by their bytes, whatever they declare: the feed mixes them up. */
const GUESSED: ReadonlySet<string> = new Set(['utf-8', 'windows-1252', 'utf-16le', 'utf-16be']);

const windows1252 = new TextDecoder('windows-1252');
const utf8 = new TextDecoder('utf-8');

/**
 * Decodes any page, whatever it declares and whatever its bytes are: a letter that is read wrongly spoils one name, but
 * a page that is refused costs a hundred filings.
 *
 * The feed declares ISO-8859-1. A page whose bytes are UTF-8 nonetheless is read as that, and a byte that is out of
 * place in it as ISO-8859-1. Any other encoding is decoded as declared, unless nobody knows it.
 */
export function decodePage(body: Uint8Array): string {
  const wide = wideEncoding(body);
  if (wide !== null) return new TextDecoder(wide).decode(body);
  if (isAscii(body)) return decodeLatin(body);
  const declared = declaredDecoder(body);
  if (declared !== null && !GUESSED.has(declared.encoding)) return declared.decode(body);
  if (isUtf8(body)) return utf8.decode(body);
  return decodeMixed(body, declared?.encoding === 'utf-8');
}

/** Two bytes a character, as the byte order mark or the zeros in the first characters tell. */
function wideEncoding([first, second, third, fourth]: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (second === 0 && fourth === 0 && first !== 0) return 'utf-16le';
  return first === 0 && third === 0 && second !== 0 ? 'utf-16be' : null;
}

/** Null for a page that declares no encoding, or one that does not exist. */
function declaredDecoder(body: Uint8Array): TextDecoder | null {
  const start = decodeLatin(body.subarray(0, DECLARATION_BYTES));
  const name = /<\?xml[^>]*?\bencoding\s*=\s*["']([^"']+)["']/.exec(start)?.[1];
  try {
    return name === undefined ? null : new TextDecoder(name);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * Decodes a page that is neither ASCII nor UTF-8 throughout. Several letters of ISO-8859-1 may look like one of UTF-8.
 * They are read as UTF-8 only if most of what is beyond ASCII is, or if the page declares it.
 */
function decodeMixed(body: Uint8Array, declaresUtf8: boolean): string {
  const bytes = characters(body);
  const runs = bytes.match(/[\x80-\xff]+/g) ?? [];
  const isMostlyUtf8 = runs.filter((run) => isUtf8(Buffer.from(run, 'latin1'))).length * 2 > runs.length;
  if (!declaresUtf8 && !isMostlyUtf8) return decodeLatin(body);
  return bytes.replaceAll(/[\x80-\xff]+/g, (run) => {
    const own = Buffer.from(run, 'latin1');
    return isUtf8(own) ? utf8.decode(own) : decodeLatin(own);
  });
}

/**
 * Decodes ISO-8859-1, which is Windows-1252 for every reader of the web: the same letters, with quotation marks and
 * dashes besides. The decoder itself would make strings of twice the length, which take longer to compare.
 */
function decodeLatin(body: Uint8Array): string {
  return characters(body).replaceAll(/[\x80-\x9f]+/g, (run) => windows1252.decode(Buffer.from(run, 'latin1')));
}

/** One character for each byte. */
function characters(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
}
