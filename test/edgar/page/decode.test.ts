import { describe, expect, test } from 'vitest';
import { parsePage } from '../../../src/edgar/index.ts';
import { decodePage } from '../../../src/edgar/page/decode.ts';
import { entryXml, feedXml } from '../../support/feed-xml.ts';

const NAME = 'Crédit Zürich – 株式';
const page = (encoding: string, name = NAME): string =>
  feedXml(entryXml().replace(/<title>.*<\/title>/, `<title>8-K - ${name} (0000000042) (Filer)</title>`)).replace(
    'ISO-8859-1',
    encoding,
  );
const nameIn = (body: Uint8Array): string | undefined => parsePage(body).rows[0]?.party.name;
const wide = (text: string, isBigEndian: boolean): Buffer => {
  const bytes = Buffer.from(text, 'utf16le');
  return isBigEndian ? bytes.swap16() : bytes;
};

describe('a page is decoded', () => {
  test.each(['ISO-8859-1', 'utf-8', 'UTF8', 'windows-1252', 'us-ascii', 'klingon', 'utf-16', ''])(
    'as UTF-8 where its bytes are that, though it declares %j',
    (encoding) => {
      expect(nameIn(Buffer.from(page(encoding)))).toBe(NAME);
    },
  );

  test.each([
    ['a byte order mark', '\uFEFF'],
    ['blank lines', '\r\n\n\t '],
    ['a byte order mark and blank lines', '\uFEFF\n\n'],
    ['a comment', '<!-- <feed> of node 7 -->\n'],
    ['more blank lines than a declaration is looked for in', '\n'.repeat(5000)],
  ])('whole where %s stands before its declaration', (_, before) => {
    expect(nameIn(Buffer.from(before + page('ISO-8859-1')))).toBe(NAME);
  });

  test.each([
    ['UTF-16LE with its mark', wide(`\uFEFF${page('utf-16')}`, false)],
    ['UTF-16BE with its mark', wide(`\uFEFF${page('ISO-8859-1')}`, true)],
    ['UTF-16LE without a mark', wide(page('utf-16'), false)],
    ['UTF-16BE without a mark', wide(page('utf-16'), true)],
  ])('as %s', (_, body) => {
    expect(nameIn(body)).toBe(NAME);
  });

  test('from another encoding that it declares', () => {
    expect(nameIn(Buffer.from(page('iso-8859-2', 'Bank \u00D8'), 'latin1'))).toBe('Bank Ř');
  });

  test('as ISO-8859-1 where a letter and a sign happen to look like one of UTF-8', () => {
    const body = Buffer.from(`${page('ISO-8859-1', 'CAF\u00C9\u00AE')}<!-- \u00FC \u00E9 -->`, 'latin1');
    expect(nameIn(body)).toBe('CAFÉ®');
  });

  test.each(['utf-8', 'ISO-8859-1'])(
    'as UTF-8, but for a byte that is out of place in it, where it declares %s',
    (encoding) => {
      const [before = '', after = ''] = page(encoding, `${NAME} \u0000 S.A.`).split('\u0000');
      const body = Buffer.concat([Buffer.from(before), Buffer.from([0xe9]), Buffer.from(after)]);
      expect(nameIn(body)).toBe(`${NAME} é S.A.`);
    },
  );

  test('from any bytes whatever', () => {
    for (const length of [0, 1, 2, 3, 4, 7]) {
      for (const byte of [0x00, 0x3c, 0x80, 0xc3, 0xef, 0xfe, 0xff]) {
        expect(typeof decodePage(new Uint8Array(length).fill(byte))).toBe('string');
      }
    }
  });
});
