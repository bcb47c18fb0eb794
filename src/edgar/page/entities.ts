/**
 * Names of the characters from U+00A0 to U+00FF, in that order:
 * https://html.spec.whatwg.org/#named-character-references
 */
const LATIN_1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr ' +
  'deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest ' +
  'Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ' +
  'ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig ' +
  'agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml ' +
  'eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';

const NAMED: ReadonlyMap<string, string> = new Map([
  ...LATIN_1.split(' ').map((name, index) => [name, String.fromCodePoint(0xa0 + index)] as const),
  ...Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }),
  ...Object.entries({ ndash: '–', mdash: '—', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”' }),
  ...Object.entries({ bull: '•', hellip: '…', trade: '™', euro: '€', minus: '−', OElig: 'Œ', oelig: 'œ' }),
]);

const REFERENCE = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-zA-Z][a-zA-Z\d]{1,30}));/g;

const windows1252 = new TextDecoder('windows-1252');

/** Decodes the references to characters in a text, once. Whatever names no character stays as it is. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(REFERENCE, (reference, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED.get(name) ?? reference;
    return characterOf(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)) ?? reference;
  });
}

/**
 * Decodes a text that may have been escaped more than once: somebody's `AT&T` became `AT&amp;T`, and the feed escaped
 * that again. No name contains a reference to a character by intention.
 */
export function decodeFully(text: string): string {
  let decoded = text;
  for (let times = 0; times < MAX_TIMES; times += 1) {
    const next = decodeEntities(decoded);
    if (next === decoded) break;
    decoded = next;
  }
  return decoded;
}

/** More often than anything was escaped, and less than somebody could make a reader's work. */
const MAX_TIMES = 4;

/** Reads 128 to 159 as browsers do, in Windows-1252, where EDGAR's dashes and quotation marks come from. */
function characterOf(code: number): string | undefined {
  if (code >= 0x80 && code < 0xa0) return windows1252.decode(Uint8Array.of(code));
  if (code === 0 || code > 0x10_ff_ff || (code >= 0xd8_00 && code < 0xe0_00)) return undefined;
  return String.fromCodePoint(code);
}
